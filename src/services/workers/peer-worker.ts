/** A worker for the queue of a peer: it keeps trying while the peer is away, and runs what that peer may have run here. */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import { createLifecycle, type Startable } from '../../core/startable.ts'
import type { Invoke } from '../../core/tool.ts'
import type { TaskHandler } from './api.ts'
import { createCallSource } from './call-source.ts'
import { createPeerSource } from './peer-source.ts'
import { pause } from './waiting.ts'
import { createWorker } from './worker.ts'

const FIRST_RETRY_MS = 500
/** Who has just been trusted there does not wait long for the work. */
const MAX_RETRY_MS = 10_000
/** Nobody tells this worker of a cancellation before its next heartbeat, so its heartbeats come more often. */
const LEASE_MS = 15_000

export interface PeerWorkerOptions {
  peerId: string
  /** Of this node, whose id makes the worker's name its own on the other side. */
  self: string
  invoke: Invoke
  granted: () => readonly string[]
  concurrency: number
  cancelGraceMs: number
  stopTimeoutMs: number
  /** What runs the calls of tools. */
  handler: TaskHandler
  clock: Clock
  log: Log
}

export function createPeerWorker(options: PeerWorkerOptions): Startable {
  const { peerId, self, invoke, granted, handler, clock, log } = options
  // A call that names the peer is carried out there; the one that runs a task is not.
  const there: Invoke = request => invoke({ ...request, args: { ...Object(request.args), target_peer_id: peerId } })
  const evidence = { kind: 'process' } as const
  const leaving = new AbortController()
  let working: Promise<void> | undefined

  async function work(): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; !leaving.signal.aborted; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      const worker = createWorker({
        workerId: `peer-${self.slice(-12)}`,
        principal: { kind: 'local', id: 'local' },
        concurrency: options.concurrency,
        leaseMs: LEASE_MS,
        cancelGraceMs: options.cancelGraceMs,
        stopTimeoutMs: options.stopTimeoutMs,
        source: createPeerSource({
          source: createCallSource(there, evidence),
          peer: { kind: 'peer', id: `peer:${peerId}` },
          granted
        }),
        handlers: [handler],
        clock,
        log
      })
      try {
        await worker.start()
        retryMs = FIRST_RETRY_MS
        log.info('works for a peer', { peer_id: peerId, worker_id: worker.workerId })
        await Promise.race([worker.ended(), aborted(leaving.signal)])
        await worker.stop()
      } catch (error) {
        log.debug('a peer to work for is not there', { peer_id: peerId, error })
      }
      await pause(clock, retryMs, leaving.signal)
    }
  }

  return createLifecycle(
    async () => {
      working = work()
    },
    async () => {
      leaving.abort()
      await working
    }
  )
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
