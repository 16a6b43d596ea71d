/**
 * MCP for peers: each stream of a trusted peer is a client of its own. Which of the dialects it speaks is told by its first message.
 * Requests enter the same dispatcher as those of every other transport; who asks is the peer of the handshake, whatever it says.
 */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import { createTokenBucket, type TokenBucket } from '../../core/token-bucket.ts'
import type { Invoke } from '../../core/tool.ts'
import { createReplayWindow, dialectOf, type ReplayWindow } from '../../protocol/wire/dialect.ts'
import { wireFault } from '../../protocol/wire/faults.ts'
import type { PeerLimits, PeerStream, Peers } from '../../services/peers/api.ts'
import { isObject, parseJson } from '../json-rpc.ts'
import type { McpServer } from '../mcp-server.ts'
import { createMcpDialect } from './mcp-dialect.ts'
import { createMessageDialect } from './message-dialect.ts'
import { createShare } from './share.ts'

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
  /** Requests under way. */
  readonly inFlight: number
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
  log: Log
}

/** Answers the streams that peers open, from now on. */
export function servePeers({ peers, mcp, invoke, rate, clock, log }: PeerServerOptions): void {
  const { peerId: self, limits } = peers.status()
  const known = new Map<string, PeerState>()

  /** Outlives the streams of a peer: otherwise a new stream would be a new budget, and what was sent before could be sent again. */
  function stateOf(peerId: string): PeerState {
    const found = known.get(peerId)
    if (found) return found
    const [budget, replay] = [createTokenBucket(clock, rate), createReplayWindow()]
    const state: PeerState = { budget, replay, handlers: new Set() }
    known.set(peerId, state)
    // Only peers that were trusted when they came get here; those that are trusted no more are forgotten with the next new one.
    for (const [id, { handlers }] of known) if (handlers.size === 0 && !peers.grantOf(id)) known.delete(id)
    return state
  }

  peers.serve(stream => {
    const { peerId } = stream
    const state = stateOf(peerId)
    let handler: DialectHandler | undefined
    stream.keepWhile(() => handler !== undefined && handler.inFlight > 0)

    function refuse(text: string): void {
      stream.send(text)
      stream.close()
    }

    stream.onMessage(body => {
      if (!state.budget.take()) return refuse(wireFault(null, 'rate_limited', rate))
      const parsed = parseJson(body)
      if ('fault' in parsed) return refuse(wireFault(null, 'invalid_json'))
      const { value } = parsed
      if (!isObject(value)) return refuse(wireFault(null, 'invalid_message'))
      const dialect = handler ? undefined : dialectOf(value)
      if (!handler && !dialect) return refuse(wireFault(null, 'invalid_message'))
      handler ??= create(dialect, stream, state)
      state.handlers.add(handler)
      try {
        handler.receive(value)
      } catch (error) {
        // Such as a value nested so deep that it cannot be written again. Nothing that a peer sends may end the node.
        log.warn('a message of a peer could not be taken', { peer_id: peerId, error })
        refuse(wireFault(null, 'invalid_message'))
      }
    })
    stream.onClose(() => {
      if (!handler) return
      state.handlers.delete(handler)
      void handler.close().catch(error => log.warn('a stream of a peer did not end well', { peer_id: peerId, error }))
    })
  })

  function create(dialect: ReturnType<typeof dialectOf>, stream: PeerStream, state: PeerState): DialectHandler {
    const share = createShare({ mcp, invoke }, limits.maxRequestsPerPeer, () => inFlight(state))
    const context: StreamContext = { stream, ...share, self, limits, clock, log }
    return dialect === 'mcp' ? createMcpDialect(context) : createMessageDialect(context, state.replay)
  }
}

/** What is remembered of a peer over all its streams. */
interface PeerState {
  budget: TokenBucket
  replay: ReplayWindow
  handlers: Set<DialectHandler>
}

function inFlight({ handlers }: PeerState): number {
  let requests = 0
  for (const handler of handlers) requests += handler.inFlight
  return requests
}
