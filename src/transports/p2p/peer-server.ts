/**
 * MCP for peers: each stream of a trusted peer is a client of its own. Which of the dialects it speaks is told by its first message.
 * Requests enter the same dispatcher as those of every other transport; who asks is the peer of the handshake, whatever it says.
 */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Invoke } from '../../core/tool.ts'
import { dialectOf } from '../../protocol/wire/dialect.ts'
import { wireFault } from '../../protocol/wire/faults.ts'
import { type PeerLimits, type PeerStream, type Peers, TOKEN_HOLDERS } from '../../services/peers/api.ts'
import { isObject, isRequestId, parseJson } from '../json-rpc.ts'
import type { McpServer } from '../mcp-server.ts'
import { createMcpDialect } from './mcp-dialect.ts'
import { createMessageDialect } from './message-dialect.ts'
import { createQuotas, type PeerQuota } from './peer-quota.ts'
import { shownToken } from './shown-token.ts'
import { answerLine } from './task-queue-lines.ts'

export interface PeerServerOptions {
  peers: Peers
  mcp: McpServer
  invoke: Invoke
  clock: Clock
  log: Log
}

/** How one stream is spoken to from its first message on. */
export interface DialectHandler {
  /** Resolves when the message is dealt with. */
  receive(value: Record<string, unknown>, body: Uint8Array): Promise<void> | undefined
  /** Tells that a request is one too many. */
  refuse(value: Record<string, unknown>, text: string): void
  /** Aborts what runs. */
  close(): Promise<void>
}

export interface StreamContext {
  stream: PeerStream
  /** Who is served: the peer of the handshake, or TOKEN_HOLDERS from the message on that shows the shared token. */
  evidence: { kind: 'peer'; peerId: string }
  quota: () => PeerQuota
  mcp: McpServer
  invoke: Invoke
  self: string
  limits: PeerLimits
  clock: Clock
}

/** Answers the streams that peers open, from now on. */
export function servePeers({ peers, mcp, invoke, clock, log }: PeerServerOptions): void {
  const { peerId: self, limits } = peers.status()
  const quotaOf = createQuotas(limits, clock)

  peers.serve(stream => {
    const { peerId, protocol } = stream
    const evidence = { kind: 'peer' as const, peerId }
    const quota = () => quotaOf(evidence.peerId)
    const context: StreamContext = { stream, evidence, quota, mcp, invoke, self, limits, clock }
    let handler: DialectHandler | undefined

    function refuse(text: string): undefined {
      stream.send(text)
      stream.close()
    }

    /** By its key, or by the token that this message or an earlier one shows. */
    function isTrusted(value: Record<string, unknown>): boolean {
      if (peers.grantOf(evidence.peerId) !== undefined) return true
      const token = shownToken(value)
      if (token === undefined || !stream.showToken(token)) return false
      evidence.peerId = TOKEN_HOLDERS
      return true
    }

    function receive(body: Uint8Array): Promise<void> | undefined {
      if (!quota().take(body.length)) return refuse(fault('rate_limited'))
      const parsed = parseJson(body)
      if ('fault' in parsed) return refuse(fault('invalid_json'))
      const { value } = parsed
      if (!isObject(value)) return refuse(fault('invalid_message'))
      // A node in Python greets before it shows its token: it learns what this is, and nothing else.
      const isGreeting = protocol === 'mcp' && isGreetingOf(value) && shownToken(value) === undefined
      if (!isGreeting && !isTrusted(value)) return refuse(unauthorized(value))
      if (protocol === 'task-queue') return answerLine(context, value)
      const dialect = handler ? undefined : dialectOf(value)
      if (!handler && !dialect) return refuse(fault('invalid_message'))
      handler ??= dialect === 'mcp' ? createMcpDialect(context) : createMessageDialect(context)
      return inTurn(handler, value, body)
    }

    /** Counts a request until it is dealt with. */
    function inTurn(to: DialectHandler, value: Record<string, unknown>, body: Uint8Array): Promise<void> | undefined {
      if (!isRequest(value)) return to.receive(value, body)
      const counted = quota()
      if (!counted.begin()) {
        to.refuse(
          value,
          `${limits.maxRequestsPerPeer} requests of this peer are in flight; send more when one is answered`
        )
        return undefined
      }
      const settled = to.receive(value, body)
      if (settled) return settled.finally(() => counted.end())
      counted.end()
      return undefined
    }

    const fault = (name: 'rate_limited' | 'invalid_json' | 'invalid_message'): string =>
      protocol === 'mcp' ? wireFault(null, name) : JSON.stringify({ ok: false, error: name, peer_id: self })

    function unauthorized({ id }: Record<string, unknown>): string {
      const message = 'This node does not trust this peer: it takes an invitation (p2p invite) or the shared token'
      return protocol === 'mcp'
        ? wireFault(isRequestId(id) ? id : null, 'unauthorized', { error: 'FORBIDDEN', message })
        : JSON.stringify({ ok: false, error: 'unauthorized', detail: message, peer_id: self })
    }

    stream.onMessage(receive)
    stream.onClose(() => {
      void handler?.close().catch(error => log.warn('a stream of a peer did not end well', { peer_id: peerId, error }))
    })
  })
}

const isGreetingOf = ({ method }: Record<string, unknown>): boolean =>
  method === 'initialize' || method === 'notifications/initialized'

const isRequest = ({ id, method, type }: Record<string, unknown>): boolean =>
  typeof method === 'string' && (isRequestId(id) || type === 'request')
