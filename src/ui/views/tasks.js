/** Tasks as rows, with what can be done to each. */
import { h } from '../dom.js'
import { count, duration, share } from '../format.js'
import { badge, button, table, when } from '../parts.js'

/**
 * @typedef {object} Task
 * @property {string} task_id
 * @property {string} task_type
 * @property {string} model_name
 * @property {string} status
 * @property {number} priority
 * @property {number} attempt
 * @property {{ fraction?: number, message?: string } | null} progress
 * @property {{ code: string, message: string }} [error]
 * @property {string | null} worker_id
 * @property {string} created_at
 * @property {string | null} start_time
 * @property {string | null} end_time
 * @property {string} [cancel_requested_at]
 * @property {string} [cancel_reason]
 */

/** @type {Record<string, string>} */
const KINDS = { completed: 'good', failed: 'bad', running: 'busy' }

const COLUMNS = [
  { title: 'Task' },
  { title: 'Type' },
  { title: 'State' },
  { title: 'Priority', number: true },
  { title: 'Attempts', number: true },
  { title: 'Submitted' },
  { title: 'What is known' }
]

/**
 * @param {Task[]} tasks
 * @param {import('../app.js').Context} context
 */
export function taskTable(tasks, { canAct, act }) {
  const columns = canAct() ? [...COLUMNS, { title: 'Action' }] : COLUMNS
  const rows = tasks.map(task => [
    h('code', { class: 'value', title: task.task_id }, task.task_id),
    [task.task_type, task.model_name && h('small', {}, ` ${task.model_name}`)],
    badge(task.status, KINDS[task.status]),
    count(task.priority),
    count(task.attempt),
    when(task.created_at),
    h('span', { class: 'value' }, known(task)),
    ...(canAct() ? [actionOf(task, act)] : [])
  ])
  return table('Tasks, newest first', columns, rows)
}

/** @param {Task} task */
function known({ status, progress, error, worker_id, cancel_requested_at, cancel_reason, start_time, end_time }) {
  if (status === 'cancelled') return cancel_reason ?? ''
  if (error) return `${error.code}: ${error.message}`
  if (status === 'completed' && start_time && end_time)
    return `took ${duration(Date.parse(end_time) - Date.parse(start_time))}`
  if (status !== 'running') return ''
  const far = progress?.fraction === undefined ? undefined : share(progress.fraction)
  const parts = [cancel_requested_at && 'asked to stop', far, progress?.message, worker_id && `at ${worker_id}`]
  return parts.filter(Boolean).join(', ')
}

/**
 * @param {Task} task
 * @param {import('../app.js').Act} act
 */
function actionOf({ task_id, status }, act) {
  if (status === 'queued' || status === 'running') {
    const question = `Cancel ${task_id}?`
    const text = status === 'queued' ? 'It ends without having run.' : 'Its worker is asked to stop.'
    const cancel = () =>
      act({
        tool: 'task_cancel',
        args: { task_id, reason: 'Cancelled in the dashboard' },
        question,
        text,
        yes: 'Cancel the task'
      })
    return button('Cancel', `cancel ${task_id}`, cancel, { label: `Cancel ${task_id}` })
  }
  if (status !== 'failed' && status !== 'cancelled') return ''
  return button('Retry', `retry ${task_id}`, () => act({ tool: 'task_retry', args: { task_id } }), {
    label: `Retry ${task_id}`
  })
}
