/** A node on the memory network: what peers use of libp2p, with the shipping gate in front. Who dials is known by its key. */
import type { Connection, MultiaddrConnection, PeerId, PrivateKey, StreamHandler } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Host, StartHost } from '../../../src/services/peers/host.ts'
import { addressOf, createEnd, type End, type EndProcess } from './connection.ts'
import type { MemoryNetwork, Pair } from './memory-network.ts'

const DIAL_TIMEOUT_MS = 10_000

export interface Listener {
  readonly process: EndProcess
  readonly peerId: PeerId
  /** The end here of a connection from there; undefined if it is refused. */
  accept(dialler: { peerId: PeerId; machine: string }, pair: Pair): End | undefined
}

/** Starts hosts of one process, which is the one at `machine` from then on. */
export function memoryHosts(network: MemoryNetwork, machine: string, process: EndProcess): StartHost {
  return async ({ privateKey, gate }) => createMemoryHost(network, machine, process, privateKey, gate)
}

function createMemoryHost(
  network: MemoryNetwork,
  machine: string,
  process: EndProcess,
  privateKey: PrivateKey,
  gate: Parameters<StartHost>[0]['gate']
): Host {
  const { clock, dice, lines, listeners, pairs } = network
  const peerId = peerIdFromPrivateKey(privateKey)
  const events = new EventTarget()
  const handlers = new Map<string, StreamHandler>()
  const ends = new Set<End>()
  const addresses = new Map<string, { multiaddr: Multiaddr }[]>()
  const tell = (type: string, detail: unknown) => events.dispatchEvent(new CustomEvent(type, { detail }))

  function connect(remote: { peerId: PeerId; machine: string }, direction: 'inbound' | 'outbound', pair: Pair): End {
    const side = direction === 'outbound' ? 0 : 1
    const end = createEnd({
      process,
      remotePeer: remote.peerId,
      remoteMachine: remote.machine,
      direction,
      line: lines.between(machine, remote.machine),
      other: () => pair.ends[1 - side],
      isRemoteUp: () => listeners.has(remote.machine),
      dice,
      shares: () => network.faults,
      now: () => clock.monotonic(),
      note: what => network.note(`${machine}>${remote.machine}`, what),
      onStream(protocol, stream, connection) {
        const handler = handlers.get(protocol)
        void handler?.(stream, connection)
        return handler !== undefined
      },
      onGone() {
        ends.delete(end)
        if (pair.ends.every(one => one?.isGone ?? true)) pairs.delete(pair)
      }
    })
    pair.ends[side] = end
    ends.add(end)
    addresses.set(remote.peerId.toString(), [{ multiaddr: addressOf(remote.machine, remote.peerId) }])
    tell('connection:open', end.connection)
    const listenAddrs = [addressOf(remote.machine, remote.peerId)]
    tell('peer:identify', { peerId: remote.peerId, protocols: [...handlers.keys()], listenAddrs })
    return end
  }

  function accept(dialler: { peerId: PeerId; machine: string }, pair: Pair): End | undefined {
    // The gate decides by the address and the key, and at once; its handshakes take no time here.
    const remote = {
      remoteAddr: addressOf(dialler.machine, dialler.peerId),
      addEventListener: () => {}
    } as unknown as MultiaddrConnection
    const isRefused =
      gate.denyInboundConnection?.(remote) === true ||
      gate.denyInboundEncryptedConnection?.(dialler.peerId, remote) === true
    return isRefused ? undefined : connect(dialler, 'inbound', pair)
  }

  function dialOne(to: string, meant: string | undefined, signal: AbortSignal | undefined): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const there = lines.between(machine, to)
      const back = lines.between(to, machine)
      let isOver = false
      const fail = (error: unknown) => {
        isOver = true
        cancelTimer()
        signal?.removeEventListener('abort', onAbort)
        reject(error)
      }
      const onAbort = () => fail(signal?.reason)
      const cancelTimer = clock.after(DIAL_TIMEOUT_MS, () => process.enter(() => fail(new Error('Nobody answers'))))
      signal?.addEventListener('abort', onAbort, { once: true })
      if (!process.reach()) return
      there.send(() => {
        const answer = (callback: () => void) => back.send(() => process.enter(callback))
        const listener = listeners.get(to)
        if (!listener) return answer(() => fail(new Error('Connection refused')))
        listener.process.enter(() => {
          const pair: Pair = {
            machines: [machine, to],
            ends: [undefined, undefined],
            processes: [process, listener.process]
          }
          const found = listener.peerId.toString()
          const isRight = meant === undefined || found === meant
          const end = isRight ? listener.accept({ peerId, machine }, pair) : undefined
          if (!end) return answer(() => fail(isRight ? new Error('Refused') : new Error('UnexpectedPeer')))
          pairs.add(pair)
          answer(() => {
            if (isOver || end.isGone) return end.receive({ bye: true })
            cancelTimer()
            signal?.removeEventListener('abort', onAbort)
            resolve(connect({ peerId: listener.peerId, machine: to }, 'outbound', pair).connection)
          })
        })
      })
    })
  }

  const host = {
    peerId,
    peerStore: { get: async (id: PeerId) => ({ addresses: addresses.get(id.toString()) ?? [] }) },
    services: { ping: { ping: async () => 0 } },
    getMultiaddrs: () => [multiaddr(`/memory/${machine}/p2p/${peerId}`)],
    getConnections: (of?: PeerId) =>
      [...ends].map(({ connection }) => connection).filter(({ remotePeer }) => !of || remotePeer.equals(of)),
    async dial(targets: Multiaddr | Multiaddr[], { signal }: { signal?: AbortSignal } = {}) {
      let problem: unknown = new Error('There is no address')
      for (const target of [targets].flat()) {
        const part = (name: string) => target.getComponents().find(component => component.name === name)?.value
        try {
          return await dialOne(part('memory') ?? '', part('p2p'), signal)
        } catch (error) {
          problem = error
        }
      }
      throw problem
    },
    async hangUp(id: PeerId) {
      for (const end of [...ends]) if (end.connection.remotePeer.equals(id)) end.close()
    },
    handle: async (protocol: string, handler: StreamHandler) => void handlers.set(protocol, handler),
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    async stop() {
      if (listeners.get(machine)?.process === process) listeners.delete(machine)
      for (const end of [...ends]) end.close()
    }
  }
  listeners.set(machine, { process, peerId, accept })
  // All of a node that `peers.ts` touches, with the behaviour of libp2p's own.
  return host as unknown as Host
}
