/** Tasks as text for people. */
import { type Look, visible } from './look.ts'
import { describeResult } from './result-text.ts'

/** What a row of the list shows of a task. */
export interface TaskView {
  task_id: string
  task_type: string
  status: string
  priority: number
  attempt: number
  worker_id: string | null
  created_at: string
}

export function taskRow(task: TaskView): string[] {
  const { task_id, task_type, status, priority, attempt, worker_id, created_at } = task
  return [task_id, task_type, status, String(priority), String(attempt), worker_id ?? '-', created_at]
}

/** Every member that says something, one a line, and the log at the end. */
export function describeTask({ logs, ...task }: Record<string, unknown>, look: Look): string {
  const told = Object.fromEntries(Object.entries(task).filter(([, value]) => isTelling(value)))
  const lines = Array.isArray(logs)
    ? logs.map(line => `  ${Object(line).at} ${visible(String(Object(line).message))}\n`)
    : []
  return describeResult(told, look).text + (lines.length > 0 ? `${look.faint('log:')}\n${lines.join('')}` : '')
}

const isTelling = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0)

export const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** How far a task is, in a few words. */
export function progressText(task: Record<string, unknown>): string {
  const { fraction, message } = Object(task.progress)
  const share = typeof fraction === 'number' ? `${Math.round(fraction * 100)} %` : undefined
  const worker = typeof task.worker_id === 'string' && task.status === 'running' ? `on ${task.worker_id}` : undefined
  return visible([task.status, worker, share, message].filter(part => part !== undefined).join(' '))
}
