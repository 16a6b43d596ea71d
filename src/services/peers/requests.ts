/** Requests to peers over their kept streams: counted, measured, and asked again in a session where a peer wants one. */
import type { Connection } from '@libp2p/interface'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Trace } from '../../core/tracer.ts'
import type { WireFaultName } from '../../protocol/wire/faults.ts'
import type { PeerLimits, Peers, PeerTarget, RequestOptions } from './api.ts'
import { RemoteFault } from './channel.ts'
import { outcomeCount } from './dialing.ts'
import type { Measurements } from './measurements.ts'
import type { PeerBook } from './peer-book.ts'
import type { Pool } from './pool.ts'
import { resolveTarget } from './target.ts'

/** What a node says that takes requests in a session only. */
const INIT_REQUIRED: WireFaultName = 'init_required'

export interface RequestParts {
  /** Throws while peer-to-peer is stopped. */
  parts: () => { pool: Pool; book: PeerBook }
  dial: (target: PeerTarget, signal?: AbortSignal) => Promise<Connection>
  measurements: Measurements
  limits: PeerLimits
  clock: Clock
  /** Goes along with each request, where there is something to say. */
  trace?: (() => Trace | undefined) | undefined
}

export function createRequests({ parts, dial, measurements, limits, clock, trace }: RequestParts): Peers['request'] {
  async function peerIdOf(target: PeerTarget, signal?: AbortSignal): Promise<string> {
    // Whoever is in the book is named as it should be, and reading a name takes longer than the rest of this.
    const known = target.multiaddr === undefined && target.peerId !== undefined && parts().book.get(target.peerId)
    if (known) return known.peerId
    const { peerId, address } = resolveTarget(target)
    if (peerId !== undefined && !address) return peerId
    return (await dial(target, signal)).remotePeer.toString()
  }

  async function request(
    target: PeerTarget,
    method: string,
    params: object,
    options: RequestOptions = {}
  ): Promise<unknown> {
    const { pool } = parts()
    const peerId = await peerIdOf(target, options.signal)
    try {
      return await requestOnce(peerId, method, params, options)
    } catch (error) {
      if (!(error instanceof RemoteFault && error.message === INIT_REQUIRED)) throw error
      // The peer has refused to look at it, so that this is no second time.
      pool.beginSessions(peerId)
      return await requestOnce(peerId, method, params, options)
    }
  }

  async function requestOnce(
    peerId: string,
    method: string,
    params: object,
    { signal, ...more }: RequestOptions
  ): Promise<unknown> {
    const { pool, book } = parts()
    const channel = await pool.channel(peerId, signal)
    const measured = measurements.of(peerId)
    if (channel.inFlight >= limits.maxRequestsPerPeer) {
      throw new AppError('BUSY', `${channel.inFlight} requests to ${peerId} are in flight; call again in a moment`)
    }
    measured.requestsSent++
    const startedAt = clock.monotonic()
    try {
      const result = await channel.request(method, withTrace(params, trace?.()), { ...(signal && { signal }), ...more })
      measurements.latency(peerId, clock.now(), clock.monotonic() - startedAt)
      book.note(peerId, { ...outcomeCount(book.get(peerId), true), lastSeenAt: clock.now() })
      return result
    } catch (error) {
      if (!(error instanceof RemoteFault)) {
        measured.requestsFailed++
        if (!signal?.aborted) book.note(peerId, outcomeCount(book.get(peerId), false))
      }
      throw error
    }
  }

  return request
}

function withTrace(params: object, trace: Trace | undefined): object {
  return trace ? { ...params, _meta: { ...Object(Reflect.get(params, '_meta')), ...trace } } : params
}
