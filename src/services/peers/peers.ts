/** Peers over a libp2p host: the book of who is known and trusted, the pool of kept streams, invitations. */
import { lookup } from 'node:dns/promises'
import type { Connection, Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import { createLifecycle } from '../../core/startable.ts'
import { createTokenBucket } from '../../core/token-bucket.ts'
import type { Trace } from '../../core/tracer.ts'
import { MCP_P2P_PROTOCOL } from '../../protocol/wire/frame.ts'
import { TASK_QUEUE_PROTOCOL } from '../../protocol/wire/line.ts'
import { createAnnouncements } from './announcements.ts'
import type { PeerInfo, PeerLimits, PeerStream, Peers, PeerTarget } from './api.ts'
import { callTool } from './call-tool.ts'
import { connectWithRetries } from './connecting.ts'
import { createDialer } from './dialing.ts'
import { discover } from './discover.ts'
import { createGate, type Gate } from './gate.ts'
import type { Host, HostOptions, HostPeer, StartHost } from './host.ts'
import { loadIdentity } from './identity.ts'
import { createInbound } from './inbound.ts'
import { formatInvitation, type Invitations, invalid, openInvitations, parseInvitation } from './invitations.ts'
import { answerJoin, askToJoin, JOIN_PROTOCOL } from './joining.ts'
import { createMeasurements, median } from './measurements.ts'
import { openPeerBook, type PeerBook, type PeerRecord } from './peer-book.ts'
import { createPool, type Pool } from './pool.ts'
import { createRequests } from './requests.ts'
import { queueRpc } from './rpc.ts'
import type { PeerStorage } from './storage.ts'
import { resolveTarget, withPeer } from './target.ts'
import { createTrust, type Trust, type TrustOptions } from './trust.ts'

const LOOPBACK = /^\/(ip4\/127\.|ip6\/::1\/|dns[46]?\/localhost\/)/
const STRANGER_BURST = 10
const ADDRESSES_KEPT_MS = 1000
/** A stranger that came in for an invitation and does not use it. */
const JOIN_TIME_MS = 10_000
const NOBODY = { peerIds: [], grant: { tools: [] } }

export interface PeersOptions extends Pick<HostOptions, 'listen' | 'announce' | 'bootstrap' | 'useMdns'> {
  /** The network. */
  startHost: StartHost
  storage: PeerStorage
  clock: Clock
  random: Random
  log: Log
  limits: PeerLimits
  version: string
  /** Peers that are trusted by configuration. */
  allowed?: TrustOptions['allowed']
  /** Shared with nodes that know no invitations: whoever shows it is trusted with this. */
  token?: TrustOptions['token']
  /** On whose behalf a request is sent. */
  trace?: (() => Trace | undefined) | undefined
  /** Whether the line protocol of older nodes is answered. */
  speaksLines?: boolean
}

interface Running {
  host: Host
  gate: Gate
  book: PeerBook
  trust: Trust
  /** Connections on which the shared token was shown. */
  welcome: WeakSet<Connection>
  pool: Pool
  invitations: Invitations
  startedAt: number
}

export function createPeersOver(options: PeersOptions): Peers {
  const { startHost, storage, clock, random, log, limits } = options
  const measurements = createMeasurements()
  let running: Running | undefined
  let handler: ((stream: PeerStream) => void) | undefined
  const listensOnLoopback = options.listen.some(one => LOOPBACK.test(one))
  const announcements = createAnnouncements()
  let refused = 0
  let handshakes = 0
  /** Peers that are to be forgotten when they leave. */
  const passing = new Set<string>()
  let told = { at: Number.NEGATIVE_INFINITY, addresses: [] as readonly string[] }

  /** Where this node is reached, not older than a moment: each look asks the system about every interface. */
  function ownAddresses(): readonly string[] {
    const at = clock.monotonic()
    if (at - told.at > ADDRESSES_KEPT_MS) told = { at, addresses: parts().host.getMultiaddrs().map(String) }
    return told.addresses
  }

  const inbound = createInbound({
    limits,
    clock,
    onMessage: peerId => measurements.of(peerId).requestsServed++,
    onBytes: countBytes
  })

  const parts = () => {
    if (running) return running
    throw new AppError('SERVICE_UNAVAILABLE', 'Peer-to-peer has stopped')
  }

  async function open(): Promise<void> {
    const privateKey = await loadIdentity(storage, random)
    const book = await openPeerBook(storage, clock)
    const invitations = await openInvitations(storage, clock, random)
    const trust = createTrust({ book, allowed: options.allowed ?? NOBODY, token: options.token })
    const gate = createGate({
      book,
      trust,
      strangers: createTokenBucket(clock, { perSecond: limits.strangersPerSecond, burst: STRANGER_BURST }),
      openInvitations: invitations.count,
      onRefused: () => refused++,
      dialsLoopback: address =>
        listensOnLoopback ||
        dialer.isInvited(address) ||
        options.bootstrap.includes(address) ||
        book.all().some(one => trust.isTrusted(one.peerId) && one.addresses.includes(address)),
      lookUp: async host => (await lookup(host, { all: true })).map(({ address }) => address)
    })
    const host = await startHost({ ...options, privateKey, gate, maxConnections: limits.maxConnections })
    const pool = createPool({
      open: openStream,
      maxFrameBytes: limits.maxFrameBytes,
      requestTimeoutMs: limits.requestTimeoutMs,
      // Who asks leaves first, so that no request meets a stream that the other side is closing.
      idleMs: limits.idleMs / 2,
      version: options.version,
      clock,
      onBytes: countBytes
    })
    running = { host, gate, book, trust, welcome: new WeakSet(), pool, invitations, startedAt: clock.now() }
    told.at = Number.NEGATIVE_INFINITY
    host.addEventListener('peer:discovery', onAnnounced)
    host.addEventListener('peer:disconnect', ({ detail }) => forgetPassing(detail.toString()))
    host.addEventListener('connection:open', ({ detail }) => onConnection(detail))
    host.addEventListener('peer:identify', ({ detail }) => {
      const { peerId, protocols, listenAddrs } = detail
      if (!book.get(peerId.toString())) return
      const addresses = listenAddrs.map(address => withPeer(address.toString(), peerId.toString()))
      book.note(peerId.toString(), { capabilities: protocols, addresses })
    })
    const onMcp = (stream: Stream, connection: Connection) => onStream('mcp', stream, connection)
    await host.handle(MCP_P2P_PROTOCOL, onMcp, { maxInboundStreams: limits.maxStreamsPerPeer })
    if (options.speaksLines) {
      const onLines = (stream: Stream, connection: Connection) => onStream('task-queue', stream, connection)
      await host.handle(TASK_QUEUE_PROTOCOL, onLines, { maxInboundStreams: limits.maxStreamsPerPeer })
    }
    await host.handle(JOIN_PROTOCOL, onJoin, { maxInboundStreams: 1 })
  }

  async function close(): Promise<void> {
    const { host, book, pool } = parts()
    running = undefined
    pool.close()
    await host.stop()
    await book.flush()
  }

  const lifecycle = createLifecycle(open, close)
  const dialer = createDialer(parts, clock)
  const { dial, dialAny } = dialer
  const request = createRequests({ parts, dial, measurements, limits, clock, trace: options.trace })

  const isTrusted = (peerId: string): boolean => running?.trust.isTrusted(peerId) ?? false

  function forgetPassing(peerId: string): void {
    if (!passing.delete(peerId) || isTrusted(peerId)) return
    void running?.book
      .forget(peerId)
      .catch(error => log.warn('a peer could not be forgotten', { peer_id: peerId, error }))
  }

  function onConnection(connection: Connection): void {
    handshakes++
    const peerId = connection.remotePeer.toString()
    const record = running?.book.get(peerId)
    if (record) running?.book.note(peerId, { lastSeenAt: clock.now() })
    else if (isTrusted(peerId)) running?.book.note(peerId, { lastSeenAt: clock.now(), source: 'configured' })
    dropOldest(connection)
    if (isTrusted(peerId)) parts().gate.remember(connection.remoteAddr.toString())
    if (isTrusted(peerId) || connection.direction === 'outbound') return
    clock.after(JOIN_TIME_MS, () => {
      if (!isTrusted(peerId) && !running?.welcome.has(connection)) void connection.close().catch(() => {})
    })
  }

  /** A peer that comes again and again, as after a crash that nobody told of, has its newest connections. */
  function dropOldest({ remotePeer }: Connection): void {
    const all = parts().host.getConnections(remotePeer)
    const surplus = all.length - limits.maxConnectionsPerPeer
    const oldest = all.toSorted((a, b) => a.timeline.open - b.timeline.open).slice(0, Math.max(0, surplus))
    for (const connection of oldest) connection.abort(new Error('This peer has as many connections as it may'))
  }

  function onStream(protocol: PeerStream['protocol'], stream: Stream, connection: Connection): void {
    const peerId = connection.remotePeer.toString()
    const trusted = isTrusted(peerId)
    if (!handler || !running || !(trusted || running.trust.takesToken)) {
      stream.abort(new Error('Not trusted'))
      return
    }
    const { trust, welcome } = running
    const showToken = (shown: string) => {
      const isRight = trust.isToken(shown)
      if (isRight) welcome.add(connection)
      return isRight
    }
    inbound(stream, { peerId, isTrusted: trusted, protocol, showToken }, handler)
  }

  function onJoin(stream: Stream, connection: Connection): void {
    const peerId = connection.remotePeer.toString()
    answerJoin(stream, async secret => {
      const grant = await parts().invitations.use(secret)
      // Where it listens, as it said when it connected: the address that it came from is of no use to who would call back.
      const { addresses } = await parts().host.peerStore.get(connection.remotePeer)
      await parts().book.trust(peerId, {
        grant,
        addresses: addresses.map(({ multiaddr }) => withPeer(multiaddr.toString(), peerId)),
        source: 'invitation'
      })
      parts().gate.remember(connection.remoteAddr.toString())
      log.info('a peer joined by invitation', { peer_id: peerId })
    })
  }

  function countBytes(peerId: string, received: number, sent: number): void {
    const measured = measurements.of(peerId)
    measured.bytesReceived += received
    measured.bytesSent += sent
  }

  async function openStream(peerId: string, signal: AbortSignal | undefined): Promise<Stream> {
    const connection = await dial({ peerId }, signal)
    try {
      return await connection.newStream(MCP_P2P_PROTOCOL, {
        maxOutboundStreams: limits.maxStreamsPerPeer,
        ...(signal && { signal })
      })
    } catch (error) {
      signal?.throwIfAborted()
      const message = `Peer ${peerId} does not take our streams; it may not trust this node (p2p invite, p2p join)`
      throw new AppError('PEER_UNREACHABLE', message, { cause: error })
    }
  }

  function infoOf(record: PeerRecord): PeerInfo {
    const { peerId, addresses, capabilities, source, lastSeenAt, successes, failures } = record
    const grant = parts().trust.grantOf(peerId)
    const [connection] = parts().host.getConnections(peerIdFromString(peerId))
    const latencyMs = median(measurements.of(peerId).latencies.map(({ ms }) => ms))
    const samples = successes + failures
    return {
      peerId,
      addresses,
      capabilities,
      source,
      status: connection ? 'connected' : 'known',
      isTrusted: grant !== undefined,
      ...(grant && { grant }),
      ...(lastSeenAt !== undefined && { lastSeenAt }),
      ...(connection && { connectedSince: connection.timeline.open }),
      ...(latencyMs !== undefined && { latencyMs }),
      ...(samples > 0 && { reliability: { share: successes / samples, samples } })
    }
  }

  function countTrusted(): number {
    const invited = parts()
      .book.all()
      .filter(({ grant }) => grant)
    return new Set([...invited.map(({ peerId }) => peerId), ...(options.allowed?.peerIds ?? [])]).size
  }

  function recordOf(peerId: string): PeerRecord {
    const record = parts().book.get(peerId)
    if (record) return record
    throw new AppError('NOT_FOUND', `No peer ${peerId.slice(0, 80)} is known here`)
  }

  const list = (): PeerInfo[] => parts().book.all().map(infoOf)

  async function ping(target: PeerTarget, { signal }: { signal?: AbortSignal } = {}) {
    const connection = await dial(target, signal)
    const peerId = connection.remotePeer.toString()
    const latencyMs = await parts().host.services.ping.ping(connection.remotePeer, signal ? { signal } : {})
    measurements.latency(peerId, clock.now(), latencyMs)
    return { peerId, latencyMs }
  }

  function onAnnounced({ detail: { id, multiaddrs } }: CustomEvent<HostPeer>): void {
    const peerId = id.toString()
    const source = running?.book.get(peerId)?.source ?? (isTrusted(peerId) ? 'configured' : 'mdns')
    const addresses = multiaddrs.map(address => withPeer(address.toString(), peerId))
    running?.book.note(peerId, { addresses, lastSeenAt: clock.now(), source })
    announcements.hear(id)
  }

  return {
    ...lifecycle,

    status() {
      const { host, book, pool, invitations, startedAt } = parts()
      return {
        peerId: host.peerId.toString(),
        addresses: ownAddresses(),
        startedAt,
        connections: host.getConnections().length,
        knownPeers: book.all().length,
        trustedPeers: countTrusted(),
        openInvitations: invitations.count(),
        pool: { hits: pool.hits, misses: pool.misses, handshakes },
        refused,
        limits
      }
    },

    async connect(target, { remember = true, ...how } = {}) {
      const dialing = { dial: (signal: AbortSignal) => dial(target, signal), clock, random }
      const { connection, attempts } = await connectWithRetries(dialing, how)
      const peerId = connection.remotePeer.toString()
      if (remember) passing.delete(peerId)
      else if (!isTrusted(peerId)) passing.add(peerId)
      return { ...infoOf(recordOf(peerId)), attempts }
    },
    async disconnect(peerId, { graceful = true } = {}) {
      const { host, pool } = parts()
      const id = peerIdFromString(resolveTarget({ peerId }).peerId ?? '')
      const connections = host.getConnections(id)
      pool.drop(id.toString())
      if (!graceful) for (const connection of connections) connection.abort(new Error('Cut by the user of this node'))
      await host.hangUp(id)
      return connections.length > 0
    },
    list,
    metrics: peerId => ({ ...infoOf(recordOf(peerId)), ...measurements.of(peerId) }),
    ping,
    discover: ({ timeoutMs, ...rest }) =>
      discover({ list, ping, clock, listen: announcements.listen }, { timeoutMs, ...rest }),

    request,
    callTool: (target, tool, args, more) =>
      callTool(request, target, tool, args, { version: options.version, ...more }),
    async queueRpc(target, message, more) {
      // A call can name any peer: the token goes to those only that this node trusts, whom the handshake proves.
      const { peerId } = resolveTarget(target)
      const shown = peerId !== undefined && isTrusted(peerId) && options.token
      return await queueRpc(request, target, message, {
        version: options.version,
        ...(shown && { token: shown.secret }),
        ...more
      })
    },
    serve(next) {
      handler = next
    },

    grantOf: peerId => running?.trust.grantOf(peerId),
    async invite({ grant, expiresInMs }) {
      const { host, invitations } = parts()
      const addresses = host.getMultiaddrs().map(String)
      const invitation = await invitations.open({ peerId: host.peerId.toString(), addresses }, grant, expiresInMs)
      return { line: formatInvitation(invitation), expiresAt: invitation.expiresAt }
    },
    async join(line, { grant, signal }) {
      const { peerId, addresses, secret, expiresAt } = parseInvitation(line)
      const { host, book } = parts()
      if (peerId === host.peerId.toString()) throw invalid('it is of this node itself')
      if (expiresAt <= clock.now()) throw invalid('it has expired')
      const connection = await dialAny(peerId, addresses, signal)
      const stream = await connection.newStream(JOIN_PROTOCOL, signal ? { signal } : {})
      await askToJoin(stream, secret)
      const record = await book.trust(peerId, { grant, addresses, source: 'invitation' })
      return infoOf(record)
    },
    async forget(peerId) {
      const { book } = parts()
      const isKnown = await book.forget(peerId)
      measurements.forget(peerId)
      if (isKnown) await this.disconnect(peerId)
      return isKnown
    }
  }
}
