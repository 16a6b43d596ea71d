/**
 * Peers: other nodes that this one knows, trusts and talks to over libp2p (TCP and WebSocket, Noise, Yamux).
 *
 * Guarantees:
 * - One identity: an Ed25519 key in the data directory, mode 0600, the same at every start.
 * - Nobody by default: a connection from a key that is not trusted is refused when its key is known, before any stream exists; only
 *   while an invitation is open, or a shared token is configured, may a stranger come in, and then only to use that. What a peer says of
 *   itself decides nothing.
 * - Dialled means verified: a peer that is not the one its address names is refused, PEER_MISMATCH.
 * - An invitation works once and until it expires; each side then trusts the other by its key, across restarts.
 * - One kept stream a peer carries many requests at once; an aborted one is cancelled on the other side; a request is never sent twice,
 *   so after a broken connection its outcome is said to be unknown.
 * - Latency, reliability, last seen and the rest are measured here or absent.
 */
import type { Startable } from '../../core/startable.ts'
import type { ReportProgress } from '../../core/tool.ts'
import type { Trace } from '../../core/tracer.ts'

declare module '../../core/tool.ts' {
  interface Services {
    peers: Peers
  }
}

/** What a peer may use here: tools by name. */
export interface Grant {
  tools: readonly string[]
}

/** Stands for every peer that is trusted for the shared token alone: their keys may change with each connection. */
export const TOKEN_HOLDERS = 'token-holders'

export type PeerSource = 'invitation' | 'configured' | 'dialled' | 'mdns' | 'bootstrap'

export interface PeerInfo {
  peerId: string
  addresses: readonly string[]
  status: 'connected' | 'known'
  isTrusted: boolean
  grant?: Grant
  /** Protocols that it speaks, as it said when it was last connected. */
  capabilities: readonly string[]
  source: PeerSource
  /** Milliseconds since 1970. */
  lastSeenAt?: number
  connectedSince?: number
  /** Median of the last measured round trips. */
  latencyMs?: number
  /** Share of requests and dials that went well, and of how many. */
  reliability?: { share: number; samples: number }
}

export interface PeerMetrics extends PeerInfo {
  requestsSent: number
  requestsServed: number
  requestsFailed: number
  bytesSent: number
  bytesReceived: number
  /** The round trips measured, oldest first. */
  latencies: readonly { at: number; ms: number }[]
}

export interface PeersStatus {
  peerId: string
  /** Where others reach it. */
  addresses: readonly string[]
  startedAt: number
  connections: number
  knownPeers: number
  trustedPeers: number
  openInvitations: number
  /** Of the kept streams: how often one was at hand, how often one was made, and handshakes of connections. */
  pool: { hits: number; misses: number; handshakes: number }
  /** Connections refused because their key is not trusted. */
  refused: number
  limits: PeerLimits
}

export interface PeerLimits {
  maxFrameBytes: number
  maxRequestsPerPeer: number
  /** Over all its connections, as the next two. */
  maxStreamsPerPeer: number
  /** Of messages that have not come whole, and of answers that it does not read. */
  maxBytesPerPeer: number
  maxConnectionsPerPeer: number
  maxConnections: number
  /** Of each peer; so many at once before it counts. */
  messagesPerSecond: number
  bytesPerSecond: number
  requestTimeoutMs: number
  /** Until a stream is closed on which nothing is under way, or on which a message does not come whole. */
  idleMs: number
  /** How long an envelope that was seen is refused, of so many newest ones. */
  replayWindowMs: number
  replayEntries: number
  strangersPerSecond: number
}

/** A peer by its id, its address, or both: then the address must be the peer's. */
export interface PeerTarget {
  peerId?: string
  multiaddr?: string
}

export interface RequestOptions {
  signal?: AbortSignal
  /** Instead of the limit for requests. */
  timeoutMs?: number
  /** Notifications that belong to the request. */
  onNotification?: (method: string, params: Record<string, unknown>) => void
}

export interface ConnectOptions {
  /** Of each attempt. */
  timeoutMs?: number
  /** Attempts after the first, at growing distances. None by default. */
  retries?: number
  /** False for a peer that is to be forgotten when the connection ends, unless it is trusted. True by default. */
  remember?: boolean
  signal?: AbortSignal
}

export interface DiscoverOptions {
  timeoutMs: number
  max: number
  isEnough: (peer: PeerInfo) => boolean
  signal?: AbortSignal
}

/** A stream that a peer opened here. */
export interface PeerStream {
  /** As the handshake proved it. */
  readonly peerId: string
  /** `task-queue` takes one message and one answer. */
  readonly protocol: 'mcp' | 'task-queue'
  send(text: string): void
  /** Hands over each message; the stream is closed when the handler of the first is done with it. */
  onMessage(take: (body: Uint8Array) => void): void
  onClose(callback: () => void): void
  /** Says whether something is under way, which keeps the stream open while nothing is said on it. */
  keepWhile(isBusy: () => boolean): void
  /** Whether this is the shared token; the connection of who showed it may stay. */
  showToken(token: string): boolean
  close(): void
}

export interface Peers extends Startable {
  status(): PeersStatus
  /** INVALID_INPUT for what is no multiaddr, PEER_UNREACHABLE, PEER_MISMATCH. */
  connect(target: PeerTarget, options?: ConnectOptions): Promise<PeerInfo & { attempts: number }>
  /** False if it was not connected. What was written is sent before, unless `graceful` is false. */
  disconnect(peerId: string, options?: { graceful?: boolean }): Promise<boolean>
  list(): readonly PeerInfo[]
  /** NOT_FOUND. */
  metrics(peerId: string): PeerMetrics
  /** A round trip to it, measured. */
  ping(target: PeerTarget, options?: { signal?: AbortSignal }): Promise<{ peerId: string; latencyMs: number }>
  /** Peers that answer within the time or have announced themselves, as soon as there are `max` of those that are enough. */
  discover(options: DiscoverOptions): Promise<readonly PeerInfo[]>

  /**
   * Sends one JSON-RPC request over the kept stream and answers its result. PEER_UNREACHABLE before it is sent, OUTCOME_UNKNOWN after,
   * also when its time is over; TOO_LARGE if one side does not take so much.
   */
  request(target: PeerTarget, method: string, params: object, options?: RequestOptions): Promise<unknown>
  /** Calls a tool there and answers its envelope. Throws its error, under its code. */
  callTool(
    target: PeerTarget,
    tool: string,
    args: unknown,
    options?: { signal?: AbortSignal; timeoutMs?: number; progress?: ReportProgress; trace?: Trace | undefined }
  ): Promise<Record<string, unknown>>
  /** One message of `task_queue.rpc`, which nodes in Python know as well, and its answer. Throws its error, under our code. */
  queueRpc(
    target: PeerTarget,
    message: { op: string; [name: string]: unknown },
    options?: { signal?: AbortSignal; timeoutMs?: number }
  ): Promise<Record<string, unknown>>
  /** Who answers streams of trusted peers. One at a time. */
  serve(handler: (stream: PeerStream) => void): void

  /** What a peer may use, by invitation or configuration; of TOKEN_HOLDERS what the token grants. Undefined for who is not trusted. */
  grantOf(peerId: string): Grant | undefined
  /** One line to paste on the other machine. */
  invite(options: { grant: Grant; expiresInMs: number }): Promise<{ line: string; expiresAt: number }>
  /** Uses such a line. INVITATION_INVALID if it is malformed, used, expired or not of that peer. */
  join(line: string, options: { grant: Grant; signal?: AbortSignal }): Promise<PeerInfo>
  /** Trusts it no more, closes its connections, and forgets its addresses. False if it was not known. */
  forget(peerId: string): Promise<boolean>
}
