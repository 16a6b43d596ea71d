/** Words of these tools that the queue has other ones for. */
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { TASK_STATUSES, type TaskStatus } from '../../services/queue/api.ts'
import { priorityField } from '../task-fields.ts'

const PRIORITIES = { low: 2, normal: 5, high: 8, urgent: 10 } as const

export const priorityWordField = () =>
  z.union([z.enum(['low', 'normal', 'high', 'urgent']), priorityField()]).describe('A word, or 1 to 10, higher first')

export const toPriority = (priority: keyof typeof PRIORITIES | number): number =>
  typeof priority === 'number' ? priority : PRIORITIES[priority]

export const statusWordField = () => z.enum(['all', 'pending', ...TASK_STATUSES]).default('all')

export function toStatus(word: 'all' | 'pending' | TaskStatus): TaskStatus | undefined {
  if (word === 'all') return undefined
  return word === 'pending' ? 'queued' : word
}

/** The action needs a task, and none was named. */
export function missingTask(action: string): AppError {
  const message = `To ${action} a task, name it`
  return new AppError('INVALID_INPUT', message, { issues: [{ path: '/task_id', message }] })
}
