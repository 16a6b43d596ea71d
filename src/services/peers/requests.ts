/** Requests over the kept streams: bounded, timed, measured, and repeated only where the peer says that it did nothing. */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { WIRE_FAULT } from '../../protocol/wire/faults.ts'
import type { PeerLimits, Peers, PeerTarget } from './api.ts'
import { type Channel, RemoteFault } from './channel.ts'
import { outcomeCount } from './dialing.ts'
import type { Measurements } from './measurements.ts'
import type { PeerBook } from './peer-book.ts'
import type { Pool } from './pool.ts'

export interface RequestParts {
  parts: () => { pool: Pool; book: PeerBook }
  peerIdOf: (target: PeerTarget, signal?: AbortSignal) => Promise<string>
  measurements: Measurements
  limits: PeerLimits
  clock: Clock
  version: string
}

/** What nodes in Python agree to. */
const GREETING_VERSION = '2024-11-05'

export function createRequest(options: RequestParts): Peers['request'] {
  const { parts, peerIdOf, measurements, limits, clock, version } = options
  const greeted = new WeakMap<Channel, Promise<unknown>>()

  /** Nodes in Python take nothing on a stream before an `initialize`. */
  function greet(channel: Channel): Promise<unknown> {
    const greeting = greeted.get(channel) ?? sayHello(channel)
    greeted.set(channel, greeting)
    return greeting
  }

  async function sayHello(channel: Channel): Promise<void> {
    const clientInfo = { name: 'ipfs-datasets-mcp', version }
    const params = { protocolVersion: GREETING_VERSION, capabilities: {}, clientInfo }
    await channel.request('initialize', params, { timeoutMs: limits.requestTimeoutMs })
    channel.notify('notifications/initialized', {})
  }

  return async (target, method, params, { timeoutMs = limits.requestTimeoutMs, ...more } = {}) => {
    const { pool, book } = parts()
    const { signal } = more
    const peerId = await peerIdOf(target, signal)
    const channel = await pool.channel(peerId, signal)
    const measured = measurements.of(peerId)
    if (channel.inFlight >= limits.maxRequestsPerPeer) {
      throw new AppError('BUSY', `${channel.inFlight} requests to ${peerId} are in flight; call again in a moment`)
    }
    measured.requestsSent++
    const startedAt = clock.monotonic()
    const ask = () => channel.request(method, params, { timeoutMs, ...more })
    try {
      const result = await ask().catch(async (error: unknown) => {
        if (!(error instanceof RemoteFault && error.code === WIRE_FAULT.init_required)) throw error
        await greet(channel)
        return await ask()
      })
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
}
