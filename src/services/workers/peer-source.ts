/**
 * The queue of a peer as a source of work. What it gives runs here as that peer, whatever it says of who submitted it: a peer can have
 * done here what it may do itself, and no more. So only calls of tools that it was granted are claimed.
 */
import type { Principal } from '../../core/principal.ts'
import type { Lease, WorkSource } from '../queue/api.ts'
import { TOOL_CALL } from './api.ts'

export interface PeerSourceOptions {
  /** Reaches the queue of the peer. */
  source: WorkSource
  peer: Principal
  /** Names of the tools that the peer may use here, as they stand at each claim. */
  granted: () => readonly string[]
}

export function createPeerSource({ source, peer, granted }: PeerSourceOptions): WorkSource {
  const types = () => granted().map(tool => `${TOOL_CALL}/${tool}`)
  const asPeer = (leases: readonly Lease[]): Lease[] =>
    leases.map(lease => ({ ...lease, task: { ...lease.task, submitter: peer } }))

  return {
    ...source,
    async claim(request, options) {
      const offered = types()
      return offered.length === 0 ? [] : asPeer(await source.claim({ ...request, types: offered }, options))
    },
    async complete({ next, ...completion }) {
      const offered = types()
      const more = next && offered.length > 0 ? { next: { ...next, types: offered } } : {}
      const completed = await source.complete({ ...completion, ...more })
      return { ...completed, next: asPeer(completed.next) }
    },
    registerWorker: worker => source.registerWorker({ ...worker, capabilities: [...worker.capabilities, ...types()] })
  }
}
