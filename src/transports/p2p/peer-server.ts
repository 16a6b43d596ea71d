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
import { type PeerLimits, type PeerStream, type Peers, TOKEN_HOLDERS } from '../../services/peers/api.ts'
import { isObject, isRequestId, parseJson } from '../json-rpc.ts'
import type { McpServer } from '../mcp-server.ts'
import { createMcpDialect } from './mcp-dialect.ts'
import { createMessageDialect } from './message-dialect.ts'
import { createShare } from './share.ts'
import { shownToken } from './shown-token.ts'
import { createLineHandler } from './task-queue-lines.ts'

export interface PeerServerOptions {
  peers: Peers
  mcp: McpServer
  invoke: Invoke
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
  /** Who is served: the peer of the handshake, or TOKEN_HOLDERS from the message on that shows the shared token. */
  evidence: { kind: 'peer'; peerId: string }
  /** Leases of claims by who knows no tokens: such peers complete by the task's id alone. */
  leases: () => Map<string, string>
  replay: () => ReplayWindow
  mcp: McpServer
  invoke: Invoke
  self: string
  limits: PeerLimits
  clock: Clock
  log: Log
}

/** Answers the streams that peers open, from now on. */
export function servePeers({ peers, mcp, invoke, clock, log }: PeerServerOptions): void {
  const { peerId: self, limits } = peers.status()
  const known = new Map<string, PeerState>()

  /** Outlives the streams of a peer: otherwise a new stream would be a new budget, and what was sent before could be sent again. */
  function stateOf(peerId: string): PeerState {
    const found = known.get(peerId)
    if (found) return found
    const bytesAtOnce = Math.max(limits.bytesPerSecond, limits.maxFrameBytes)
    const state: PeerState = {
      messages: createTokenBucket(clock, { perSecond: limits.messagesPerSecond, burst: limits.messagesPerSecond }),
      bytes: createTokenBucket(clock, { perSecond: limits.bytesPerSecond, burst: bytesAtOnce }),
      replay: createReplayWindow(limits.replayWindowMs, limits.replayEntries),
      leases: new Map(),
      handlers: new Set()
    }
    known.set(peerId, state)
    // Those that are not trusted any more, or never were, are forgotten with the next new one.
    for (const [id, { handlers }] of known) if (handlers.size === 0 && !peers.grantOf(id)) known.delete(id)
    return state
  }

  peers.serve(stream => {
    const { peerId, protocol } = stream
    const evidence = { kind: 'peer' as const, peerId }
    const state = () => stateOf(evidence.peerId)
    let handler: DialectHandler | undefined
    stream.keepWhile(() => handler !== undefined && handler.inFlight > 0)

    function refuse(text: string): undefined {
      stream.send(text)
      stream.close()
    }

    /** By its key, or by the token that this message or an earlier one shows. */
    function isTrusted(value: Record<string, unknown>): boolean {
      if (peers.grantOf(evidence.peerId) !== undefined) return true
      const token = shownToken(value)
      if (token === undefined || !stream.showToken(token)) return false
      if (handler) state().handlers.delete(handler)
      evidence.peerId = TOKEN_HOLDERS
      return true
    }

    function take(body: Uint8Array): undefined {
      const { messages, bytes } = state()
      if (!messages.take() || !bytes.take(body.length)) return refuse(fault('rate_limited'))
      const parsed = parseJson(body)
      if ('fault' in parsed) return refuse(fault('invalid_json'))
      const { value } = parsed
      if (!isObject(value)) return refuse(fault('invalid_message'))
      // A node in Python greets before it shows its token: it learns what this is, and nothing else.
      const isGreeting = protocol === 'mcp' && isGreetingOf(value) && shownToken(value) === undefined
      if (!isGreeting && !isTrusted(value)) return refuse(unauthorized(value))
      const dialect = handler ? undefined : dialectOf(value)
      if (!handler && !dialect && protocol === 'mcp') return refuse(fault('invalid_message'))
      handler ??= create(dialect)
      state().handlers.add(handler)
      try {
        handler.receive(value)
      } catch (error) {
        // Such as a value nested so deep that it cannot be written again. Nothing that a peer sends may end the node.
        log.warn('a message of a peer could not be taken', { peer_id: peerId, error })
        refuse(fault('invalid_message'))
      }
    }

    function create(dialect: ReturnType<typeof dialectOf>): DialectHandler {
      const share = createShare({ mcp, invoke }, limits.maxRequestsPerPeer, () => inFlight(state()))
      const remembered = { leases: () => state().leases, replay: () => state().replay }
      const context: StreamContext = { stream, evidence, ...remembered, ...share, self, limits, clock, log }
      if (protocol === 'task-queue') return createLineHandler(context)
      return dialect === 'mcp' ? createMcpDialect(context) : createMessageDialect(context)
    }

    const fault = (name: 'rate_limited' | 'invalid_json' | 'invalid_message'): string =>
      protocol === 'mcp' ? wireFault(null, name) : JSON.stringify({ ok: false, error: name, peer_id: self })

    function unauthorized({ id }: Record<string, unknown>): string {
      const message = 'This node does not trust this peer: it takes an invitation (p2p invite) or the shared token'
      return protocol === 'mcp'
        ? wireFault(isRequestId(id) ? id : null, 'unauthorized', { error: 'FORBIDDEN', message })
        : JSON.stringify({ ok: false, error: 'unauthorized', detail: message, peer_id: self })
    }

    stream.onMessage(take)
    stream.onClose(() => {
      if (!handler) return
      state().handlers.delete(handler)
      void handler.close().catch(error => log.warn('a stream of a peer did not end well', { peer_id: peerId, error }))
    })
  })
}

const isGreetingOf = ({ method }: Record<string, unknown>): boolean =>
  method === 'initialize' || method === 'notifications/initialized'

/** What is remembered of a peer over all its streams. */
interface PeerState {
  messages: TokenBucket
  bytes: TokenBucket
  replay: ReplayWindow
  leases: Map<string, string>
  handlers: Set<DialectHandler>
}

function inFlight({ handlers }: PeerState): number {
  let requests = 0
  for (const handler of handlers) requests += handler.inFlight
  return requests
}
