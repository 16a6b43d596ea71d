/** The queue as a worker reaches it over the network. */
import { AppError } from '../../../src/core/errors.ts'
import type { Lease, WorkSource } from '../../../src/services/queue/api.ts'
import { type Caller, Silence } from '../world/calls.ts'
import type { Host } from '../world/host.ts'

export interface RemoteSource extends WorkSource {
  /** How long the worker may hold its lease for alive, by its own clock. */
  leftMs(token: string): number
}

export function createRemoteSource(caller: Caller, host: Host): RemoteSource {
  const { clock } = host
  const endsAt = new Map<string, number>()

  const heard = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch(error => {
      if (error instanceof Silence) throw new AppError('FETCH_FAILED', 'The queue did not answer')
      throw error
    })
  /** Handlers see no token, so it travels in the metadata of the worker's copy. */
  const received = (leases: readonly Lease[]): Lease[] =>
    leases.map(lease => {
      endsAt.set(lease.leaseToken, clock.monotonic() + lease.leaseMs)
      return { ...lease, task: { ...lease.task, metadata: { ...lease.task.metadata, token: lease.leaseToken } } }
    })

  return {
    leftMs: token => (endsAt.get(token) ?? 0) - clock.monotonic(),
    registerWorker: worker => heard(caller.call('registerWorker', [worker])),
    unregisterWorker: (workerId, options) => heard(caller.call('unregisterWorker', [workerId, options])),
    async claim(request, { waitMs = 0, signal } = {}) {
      return received(await heard(caller.call('claim', [request, { waitMs }], { waitMs, ...(signal && { signal }) })))
    },
    async heartbeat(beat) {
      const askedAt = clock.monotonic()
      const answer = await heard(caller.call('heartbeat', [beat]))
      endsAt.set(beat.leaseToken, Math.max(endsAt.get(beat.leaseToken) ?? 0, askedAt + answer.leaseMs))
      return answer
    },
    async complete(completion) {
      const answer = await heard(caller.call('complete', [completion]))
      return { ...answer, next: received(answer.next) }
    },
    release: request => heard(caller.call('release', [request])),
    async *cancellations(_workerId, signal) {
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    },
    body: cid => heard(caller.call('body', [cid]))
  }
}
