/** The services behind long calls, as a node has them: blocks in memory, a queue in memory or in a file, a worker. */
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { type Log, silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import type { ServicePlans } from '../../src/runtime/services.ts'
import { createBlocks } from '../../src/services/blocks/index.ts'
import { createLongCallHandler, createLongCalls, LONG_CALL } from '../../src/services/long-calls/index.ts'
import { createQueue } from '../../src/services/queue/index.ts'
import { createToolCallHandler, createWorkers } from '../../src/services/workers/index.ts'
import type { Runner } from './fixture-node.ts'

export interface LongCallParts {
  /** Where the queue lies; in memory without. */
  directory?: string
  ttlMs?: number
  leaseMs?: number
  /** Calls that run at once. */
  concurrency?: number
  clock?: Clock
  log?: Log
  onChange?: (taskId: string) => void
}

export function longCallPlans(
  { invoke, catalog }: Runner,
  parts: LongCallParts = {}
): Pick<ServicePlans, 'blocks' | 'queue' | 'workers' | 'longCalls'> {
  const { directory, ttlMs = 3_600_000, leaseMs, concurrency = 8 } = parts
  const { clock = systemClock, log = silentLog, onChange } = parts
  return {
    blocks: { needs: [], create: () => createBlocks() },
    queue: {
      needs: ['blocks'],
      brings: 'workers',
      create: ({ blocks }) =>
        createQueue({
          ...(directory !== undefined && { directory }),
          blocks,
          clock,
          random: systemRandom,
          log,
          keepFinishedDays: 7,
          keepFinished: 100_000,
          refuseType: () => undefined
        })
    },
    workers: {
      needs: ['queue'],
      create: ({ queue }) => {
        const runner = { invoke, catalog: catalog() }
        const own = {
          workerId: `worker-${systemRandom.uuid()}`,
          principal: { kind: 'local', id: 'local' } as const,
          capabilities: [LONG_CALL],
          concurrency,
          stopTimeoutMs: 0,
          ...(leaseMs !== undefined && { leaseMs })
        }
        const handlers = [createLongCallHandler({ ...runner, clock, others: createToolCallHandler(runner) })]
        return createWorkers({ queue, handlers, own, clock, log })
      }
    },
    longCalls: {
      needs: ['queue'],
      create: ({ queue }) => createLongCalls({ queue, ttlMs, clock, ...(onChange && { onChange }) })
    }
  }
}
