/** The task queue: how it is doing, who works, and the tasks themselves. */
import { h } from '../dom.js'
import { count, duration } from '../format.js'
import { call } from '../mcp.js'
import { createPager } from '../pager.js'
import { badge, button, empty, figure, figures, section, table, when } from '../parts.js'
import { histogram } from '../plots.js'
import { taskTable } from './tasks.js'

const STATUSES = ['', 'queued', 'running', 'completed', 'failed', 'cancelled', 'dead_letter']

/** @type {import('../app.js').CreateView} */
export function queue(context) {
  const { refresh, canAct, act } = context
  const pager = createPager(refresh)
  let status = ''

  return {
    everyMs: 4000,
    async load(signal) {
      const [stats, list] = await Promise.all([
        call('queue_stats', { include_worker_stats: true, include_historical: true }, signal),
        call(
          'task_list',
          { order: 'newest', limit: 25, ...(status !== '' && { status_filter: status }), ...pager.cursor },
          signal
        )
      ])
      return { stats, list }
    },
    render({ stats, list }) {
      return [
        stats.paused &&
          h('p', { class: 'banner' }, [
            'Paused ',
            when(stats.paused_at),
            stats.pause_reason && `: ${stats.pause_reason}`
          ]),
        figures(
          figure('Waiting', count(stats.queued_count)),
          figure('Running', count(stats.running_count)),
          figure('Completed', count(stats.completed_count)),
          figure(
            'Failed',
            count(stats.failed_count),
            stats.dead_letter_count > 0 && `${count(stats.dead_letter_count)} after every attempt`
          ),
          figure('Mean wait', seconds(stats.average_wait_time)),
          figure('Mean run', seconds(stats.average_execution_time)),
          figure('Finished in the last hour', perMinute(stats.historical))
        ),
        canAct() && h('p', {}, pauseButton(stats.paused)),
        section('Workers', workers(stats.worker_stats)),
        section('Tasks', filter(), tasks(list))
      ]
    }
  }

  /** @param {boolean} isPaused */
  function pauseButton(isPaused) {
    if (isPaused) return button('Resume the queue', 'pause', () => act({ tool: 'queue_resume', args: {} }))
    const question = 'Pause the queue?'
    const text = 'Tasks that run go on; no other begins until the queue is resumed.'
    return button('Pause the queue', 'pause', () =>
      act({ tool: 'queue_pause', args: { reason: 'Paused in the dashboard' }, question, text, yes: 'Pause' })
    )
  }

  function filter() {
    const choose = (/** @type {Event} */ { currentTarget }) => {
      if (!(currentTarget instanceof HTMLSelectElement)) return
      status = currentTarget.value
      pager.restart()
      refresh()
    }
    const options = STATUSES.map(value =>
      h('option', { value, selected: value === status }, value === '' ? 'all' : value.replace('_', ' '))
    )
    return h('p', {}, h('label', {}, 'Show ', h('select', { 'data-key': 'status', onchange: choose }, options)))
  }

  /** @param {{ tasks: import('./tasks.js').Task[], total_count: number, total_is_exact: boolean, returned_count: number, next_cursor?: string }} list */
  function tasks(list) {
    if (list.total_count === 0 && status !== '') return empty(`No task is ${status.replace('_', ' ')}.`)
    if (list.total_count === 0) {
      return empty(
        'No task yet. Submit one:',
        `ipfs-datasets-mcp call task_submit task_type=tool.call payload='{"tool":"list_datasets"}'`
      )
    }
    const total = `${list.total_is_exact ? '' : 'over '}${count(list.total_count)}`
    return [
      taskTable(list.tasks, context),
      pager.controls('tasks', `${count(list.returned_count)} of ${total}`, list.next_cursor)
    ]
  }
}

/** @typedef {{ worker_id: string, status: string, running_tasks: number, max_concurrent_tasks: number, completed_tasks: number, failed_tasks: number, last_seen_at: string }} Worker */

const WORKER_COLUMNS = [
  { title: 'Worker' },
  { title: 'State' },
  { title: 'Running', number: true },
  { title: 'Places', number: true },
  { title: 'Completed', number: true },
  { title: 'Failed', number: true },
  { title: 'Last heard of' }
]

/** @param {Worker[]} list */
function workers(list) {
  if (list.length === 0)
    return empty(
      'No worker is registered. A server brings its own; another one is started with:',
      'ipfs-datasets-mcp worker start'
    )
  return table(
    'Workers',
    WORKER_COLUMNS,
    list.map(worker => [
      h('code', {}, worker.worker_id),
      badge(worker.status, worker.status === 'active' ? 'good' : ''),
      count(worker.running_tasks),
      count(worker.max_concurrent_tasks),
      count(worker.completed_tasks),
      count(worker.failed_tasks),
      when(worker.last_seen_at)
    ])
  )
}

/** @param {number | null} value */
const seconds = value => (value === null ? '–' : duration(value * 1000))

/**
 * Sixty bars, one a minute; minutes in which nothing happened have none.
 * @param {{ minute: string, completed: number, failed: number, cancelled: number }[]} history
 */
function perMinute(history) {
  const now = Math.floor(Date.now() / 60_000)
  const counts = new Array(60).fill(0)
  for (const { minute, completed, failed, cancelled } of history) {
    const at = 59 - (now - Date.parse(minute) / 60_000)
    if (at >= 0 && at < 60) counts[at] = completed + failed + cancelled
  }
  const sum = counts.reduce((total, n) => total + n, 0)
  return histogram(`${count(sum)} tasks finished in the last 60 minutes`, counts, at => `${59 - at} min ago`)
}
