import { z } from 'zod'
import type { Clock } from '../../core/clock.ts'
import { defineTool } from '../../core/tool.ts'
import type { Queue } from '../../services/queue/api.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns } from '../task-examples.ts'
import { WAIT_TIMEOUT_MS, waitTimeField, workerIdField } from '../task-fields.ts'
import { isoTime } from '../task-view.ts'

const knownWorker = { tool: 'worker_register', args: { worker_id: 'w1', capabilities: ['tool.call'] } }

export const workerUnregister = defineTool({
  name: 'worker_unregister',
  aliases: [{ name: 'mcplusplus_worker_unregister' }],
  group: 'p2p_taskqueue',
  title: 'Unregister a worker',
  askedFor: ['take a worker out of service', 'drain and retire it', 'remove capacity'],
  description:
    'Gives a worker nothing more. By default it finishes what it runs and is draining until then; with graceful false its tasks go back to the queue at once and its tokens are worth nothing. Not for all workers at once: use queue_pause.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'delete',
  capability: { ability: 'worker/register', resource: ({ worker_id }) => `worker:${worker_id}` },
  needs: ['queue'],
  input: z.strictObject({
    worker_id: workerIdField(),
    graceful: z.boolean().default(true),
    timeout: waitTimeField().optional().describe('Seconds to wait for what it runs; what is left then goes back'),
    ...targetFields()
  }),
  output: z.object({
    worker_id: z.string(),
    status: z.enum(['active', 'draining', 'unregistered']),
    unregistered_at: z.string().nullable().describe('null while it is draining'),
    completed_tasks: z.int().describe('In its life'),
    abandoned_tasks: z.int().describe('That went back to the queue')
  }),
  errors: ['NOT_FOUND', 'FORBIDDEN'],
  limits: { isIdempotent: true, isRetrySafe: true, waits: true, timeoutMs: WAIT_TIMEOUT_MS },
  examples: [
    {
      title: 'A worker that runs nothing',
      before: [knownWorker],
      input: { worker_id: 'w1' },
      output: { worker_id: 'w1', status: 'unregistered', abandoned_tasks: 0 }
    },
    {
      title: 'Take its tasks away',
      before: [knownWorker, ...aRuns],
      input: { worker_id: 'w1', graceful: false },
      output: { status: 'unregistered', abandoned_tasks: 1 }
    }
  ],
  async run({ worker_id, graceful, timeout }, { services: { queue }, principal, clock, signal }) {
    let left = await queue.unregisterWorker(worker_id, { graceful, principal })
    if (left.worker.status === 'draining' && timeout !== undefined) {
      await untilIdle(queue, worker_id, { waitMs: timeout * 1000, clock, signal })
      left = await queue.unregisterWorker(worker_id, { graceful: false, principal })
    }
    const { status, completed } = left.worker
    return {
      worker_id,
      status,
      unregistered_at: status === 'unregistered' ? isoTime(clock.now()) : null,
      completed_tasks: completed,
      abandoned_tasks: left.abandoned
    }
  }
})

/** Until the worker runs nothing any more, or so long. */
async function untilIdle(
  queue: Queue,
  workerId: string,
  { waitMs, clock, signal }: { waitMs: number; clock: Clock; signal: AbortSignal }
): Promise<void> {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  const look = async () => (await queue.worker(workerId)).running.length === 0 && resolve()
  const leave = () => reject(signal.reason)
  const stopListening = queue.onChange(({ status }) => {
    if (status !== 'running') look().catch(reject)
  })
  const stopTimer = clock.after(waitMs, resolve)
  signal.addEventListener('abort', leave, { once: true })
  try {
    await look()
    signal.throwIfAborted()
    await ended
  } finally {
    stopListening()
    stopTimer()
    signal.removeEventListener('abort', leave)
  }
}
