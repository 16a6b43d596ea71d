import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import type { QueueStats, Worker } from '../../services/queue/api.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns, bWaits } from '../task-examples.ts'
import { isoTime, toWorker, within, workerSchema } from '../task-view.ts'

/** Of the workers that are shown; `worker_count` says how many there are. */
const WORKER_CHARACTERS = 40_000
const MAX_TYPES = 100
const MINUTE_MS = 60_000

export const queueStats = defineTool({
  name: 'queue_stats',
  aliases: [{ name: 'mcplusplus_taskqueue_stats' }],
  group: 'p2p_taskqueue',
  title: 'Show how the queue is doing',
  askedFor: [
    'how many jobs are waiting and running',
    'throughput and average waiting time',
    'how busy are the workers',
    'length of the backlog'
  ],
  description:
    'Numbers of the task queue: how many tasks wait, run and have ended, how long they took, how many are finished per second, and whether it is paused. Not for the tasks themselves: use task_list.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'queue/read', resource: () => 'queue:*' },
  needs: ['queue'],
  input: z.strictObject({
    include_worker_stats: z.boolean().default(false),
    include_historical: z.boolean().default(false).describe('Each of the last 60 minutes in which something happened'),
    ...targetFields()
  }),
  output: z.object({
    queued_count: z.int(),
    running_count: z.int(),
    completed_count: z.int().describe('Of those still kept, as the next two'),
    failed_count: z.int(),
    cancelled_count: z.int(),
    dead_letter_count: z.int().describe('Of the failed ones'),
    by_type: z
      .record(z.string(), z.object({ queued: z.int(), running: z.int() }))
      .describe(`The ${MAX_TYPES} types with the most waiting`),
    type_count: z.int(),
    paused: z.boolean(),
    paused_at: z.string().nullable(),
    pause_reason: z.string().nullable(),
    average_wait_time: z.number().nullable().describe('Seconds; null before the first'),
    average_execution_time: z.number().nullable().describe('Seconds; null before the first'),
    throughput: z.number().describe('Finished per second in the last five full minutes'),
    worker_stats: z
      .array(workerSchema.extend({ running_tasks: z.int(), completed_tasks: z.int(), failed_tasks: z.int() }))
      .nullable(),
    worker_count: z.int().nullable(),
    historical: z
      .array(
        z.object({ minute: z.string(), submitted: z.int(), completed: z.int(), failed: z.int(), cancelled: z.int() })
      )
      .nullable()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'An empty queue',
      input: {},
      output: { queued_count: 0, running_count: 0, paused: false, average_wait_time: null, worker_stats: null }
    },
    {
      title: 'With its workers',
      before: [...aRuns, ...bWaits],
      input: { include_worker_stats: true },
      output: {
        queued_count: 1,
        by_type: { 'tool.call': { queued: 1, running: 1 } },
        worker_stats: [{ worker_id: 'w1', running_tasks: 1 }]
      }
    }
  ],
  async run({ include_worker_stats, include_historical }, { services: { queue } }) {
    const stats = await queue.stats()
    const workers = include_worker_stats ? await queue.workers() : undefined
    return {
      queued_count: stats.counts.queued,
      running_count: stats.counts.running,
      completed_count: stats.counts.completed,
      failed_count: stats.counts.failed,
      cancelled_count: stats.counts.cancelled,
      dead_letter_count: stats.deadLetters,
      by_type: largest(stats.byType),
      type_count: Object.keys(stats.byType).length,
      paused: stats.isPaused,
      paused_at: stats.since === undefined ? null : isoTime(stats.since),
      pause_reason: stats.reason ?? null,
      average_wait_time: secondsOf(stats.meanWaitMs),
      average_execution_time: secondsOf(stats.meanRunMs),
      throughput: stats.throughput,
      worker_stats: workers ? within(workers.map(toWorkerStats), WORKER_CHARACTERS) : null,
      worker_count: workers?.length ?? null,
      historical: include_historical
        ? stats.history.map(({ minute, ...counts }) => ({ minute: isoTime(minute * MINUTE_MS), ...counts }))
        : null
    }
  }
})

const secondsOf = (ms: number | undefined): number | null => (ms === undefined ? null : ms / 1000)

const toWorkerStats = (worker: Worker) => ({
  ...toWorker(worker),
  running_tasks: worker.running.length,
  completed_tasks: worker.completed,
  failed_tasks: worker.failed
})

const largest = (types: QueueStats['byType']): QueueStats['byType'] =>
  Object.fromEntries(
    Object.entries(types)
      .sort(([, a], [, b]) => b.queued - a.queued || b.running - a.running)
      .slice(0, MAX_TYPES)
  )
