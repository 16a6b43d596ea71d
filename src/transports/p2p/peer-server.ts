/**
 * MCP for peers: each stream of a trusted peer is a client of its own. Which of the dialects it speaks is told by its first message.
 * Requests enter the same dispatcher as those of every other transport; who asks is the peer of the handshake, whatever it says.
 */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import { createTokenBucket, type TokenBucket } from '../../core/token-bucket.ts'
import type { Invoke } from '../../core/tool.ts'
import { createReplayWindow, dialectOf } from '../../protocol/wire/dialect.ts'
import { wireFault } from '../../protocol/wire/faults.ts'
import type { PeerLimits, PeerStream, Peers } from '../../services/peers/api.ts'
import { isObject, parseJson } from '../json-rpc.ts'
import type { McpServer } from '../mcp-server.ts'
import { createMcpDialect } from './mcp-dialect.ts'
import { createMessageDialect } from './message-dialect.ts'

export interface PeerServerOptions {
  peers: Peers
  mcp: McpServer
  invoke: Invoke
  /** Messages that a peer may send: so many a second, and so many at once before that counts. */
  rate: { perSecond: number; burst: number }
  clock: Clock
  log: Log
}

/** How one stream is spoken to from its first message on. */
export interface DialectHandler {
  receive(value: Record<string, unknown>): void
  /** Aborts what runs. */
  close(): Promise<void>
}

export interface StreamContext {
  stream: PeerStream
  mcp: McpServer
  invoke: Invoke
  self: string
  limits: PeerLimits
  clock: Clock
}

/** Answers the streams that peers open, from now on. */
export function servePeers({ peers, mcp, invoke, rate, clock, log }: PeerServerOptions): void {
  const { peerId: self, limits } = peers.status()
  const budgets = new Map<string, TokenBucket>()
  const replays = new Map<string, ReturnType<typeof createReplayWindow>>()
  const open = new Map<string, number>()

  peers.serve(stream => {
    const { peerId } = stream
    const budget = budgets.get(peerId) ?? createTokenBucket(clock, rate)
    budgets.set(peerId, budget)
    open.set(peerId, (open.get(peerId) ?? 0) + 1)
    let handler: DialectHandler | undefined

    function refuse(text: string): void {
      stream.send(text)
      stream.close()
    }

    stream.onMessage(body => {
      if (!budget.take()) return refuse(wireFault(null, 'rate_limited', rate))
      const parsed = parseJson(body)
      if ('fault' in parsed) return refuse(wireFault(null, 'invalid_json'))
      const { value } = parsed
      if (!isObject(value)) return refuse(wireFault(null, 'invalid_message'))
      const dialect = handler ? undefined : dialectOf(value)
      if (!handler && !dialect) return refuse(wireFault(null, 'invalid_message'))
      handler ??= create(dialect, stream)
      handler.receive(value)
    })
    stream.onClose(() => {
      const left = (open.get(peerId) ?? 1) - 1
      if (left > 0) open.set(peerId, left)
      else {
        // What a peer that has left had used up is not remembered: a new connection costs it more.
        for (const map of [open, budgets, replays]) map.delete(peerId)
      }
      void handler?.close().catch(error => log.warn('a stream of a peer did not end well', { peer_id: peerId, error }))
    })
  })

  function create(dialect: ReturnType<typeof dialectOf>, stream: PeerStream): DialectHandler {
    const context: StreamContext = { stream, mcp, invoke, self, limits, clock }
    if (dialect === 'mcp') return createMcpDialect(context)
    const replay = replays.get(stream.peerId) ?? createReplayWindow()
    replays.set(stream.peerId, replay)
    return createMessageDialect(context, replay)
  }
}
