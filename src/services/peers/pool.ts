/** One kept stream for each peer: opened on first use, shared by all requests, closed when it has been idle. */
import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../core/clock.ts'
import { type Channel, createChannel } from './channel.ts'
import { messagesOf } from './frames.ts'

/** As the first message of a session in the revision that nodes in Python know. */
const SESSION_VERSION = '2024-11-05'

export interface PoolOptions {
  /** Opens a stream to a connected peer, or dials it. */
  open: (peerId: string, signal: AbortSignal | undefined) => Promise<Stream>
  maxFrameBytes: number
  requestTimeoutMs: number
  idleMs: number
  /** Of this program. */
  version: string
  clock: Clock
  onBytes: (peerId: string, received: number, sent: number) => void
}

export interface Pool {
  /** The channel to a peer; concurrent first uses share one opening. */
  channel(peerId: string, signal?: AbortSignal): Promise<Channel>
  /** From now on a stream to this peer begins with `initialize`. */
  beginSessions(peerId: string): void
  drop(peerId: string): void
  close(): void
  readonly hits: number
  readonly misses: number
}

interface Kept {
  channel: Channel
  close: () => void
  usedAt: number
}

export function createPool(options: PoolOptions): Pool {
  const { open, maxFrameBytes, requestTimeoutMs, idleMs, version, clock, onBytes } = options
  const kept = new Map<string, Kept>()
  const opening = new Map<string, Promise<Kept>>()
  /** Peers that take no request outside of a session: nodes in Python do not. */
  const withSession = new Set<string>()
  /** What each peer takes, beyond the life of a stream. */
  const frameLimits = new Map<string, { frameBytes: number }>()
  let hits = 0
  let misses = 0
  let cancelTimer: (() => void) | undefined

  async function openKept(peerId: string, signal: AbortSignal | undefined): Promise<Kept> {
    const stream = await open(peerId, signal)
    const messages = messagesOf(stream, {
      maxFrameBytes,
      onMessage: body => entry.channel.receive(body),
      onClose(error) {
        if (kept.get(peerId) === entry) kept.delete(peerId)
        entry.channel.break(error)
      },
      onBytes: (received, sent) => onBytes(peerId, received, sent)
    })
    const limit = frameLimits.get(peerId) ?? { frameBytes: maxFrameBytes }
    frameLimits.set(peerId, limit)
    const entry: Kept = {
      channel: createChannel({ send: messages.send, peerId, timeoutMs: requestTimeoutMs, limit, clock }),
      close: messages.close,
      usedAt: clock.monotonic()
    }
    if (withSession.has(peerId)) {
      const clientInfo = { name: 'ipfs-datasets-mcp', version }
      const hello = { protocolVersion: SESSION_VERSION, capabilities: {}, clientInfo }
      await entry.channel.request('initialize', hello, signal ? { signal } : {}).catch(error => {
        entry.close()
        throw error
      })
    }
    kept.set(peerId, entry)
    cancelTimer ??= clock.after(idleMs, closeIdle)
    return entry
  }

  function closeIdle(): void {
    cancelTimer = undefined
    const before = clock.monotonic() - idleMs
    for (const [peerId, { channel, usedAt }] of kept) if (channel.inFlight === 0 && usedAt <= before) drop(peerId)
    if (kept.size > 0) cancelTimer = clock.after(idleMs, closeIdle)
  }

  function drop(peerId: string): void {
    const entry = kept.get(peerId)
    kept.delete(peerId)
    entry?.close()
  }

  return {
    async channel(peerId, signal) {
      const found = kept.get(peerId)
      if (found) {
        hits++
        found.usedAt = clock.monotonic()
        return found.channel
      }
      let pending = opening.get(peerId)
      if (!pending) {
        misses++
        pending = openKept(peerId, signal).finally(() => opening.delete(peerId))
        opening.set(peerId, pending)
      } else hits++
      return (await pending).channel
    },
    beginSessions(peerId) {
      if (!withSession.has(peerId)) drop(peerId)
      withSession.add(peerId)
    },
    drop,
    close() {
      cancelTimer?.()
      for (const peerId of [...kept.keys()]) drop(peerId)
    },
    get hits() {
      return hits
    },
    get misses() {
      return misses
    }
  }
}
