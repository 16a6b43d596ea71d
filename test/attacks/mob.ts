/** Two hundred connections that mean no good: they come back as often as they are thrown out, until they are called off. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@libp2p/interface'
import { openRaw, type RawPeer, startRawPeer } from '../helpers/raw-peer.ts'

/** How long one that was thrown out takes to come back. */
const PAUSE_MS = 1000
/** From an address where nobody is trusted, and from that of an honest peer. */
const HOSTS = ['127.0.0.2', '127.0.0.1'] as const
const OPENINGS = [
  '',
  '\x13/multi',
  '\x13/multistream/1.0.0\n',
  '\x13/multistream/1.0.0\n\x07/noise\n\xff\xffgarbage',
  'GET / HTTP/1.1\r\n\r\n'
]

export interface Mob extends AsyncDisposable {
  /** How often one of each kind came. */
  visits: { silent: number; strangers: number; crowding: number; garbage: number }
}

export interface MobOptions {
  address: string
  /** Lines that make a peer trusted, one for each of the six trusted attackers. */
  invite: () => Promise<string>
  maxStreamsPerPeer: number
}

/** 120 that say little or nothing, 40 strangers that finish their handshake, 16 that hold all streams that they may, 24 with garbage. */
export async function gatherMob({ address, invite, maxStreamsPerPeer }: MobOptions): Promise<Mob> {
  const leaving = new AbortController()
  const visits = { silent: 0, strangers: 0, crowding: 0, garbage: 0 }
  const port = Number(/tcp\/(\d+)/.exec(address)?.[1])
  const peers: RawPeer[] = []
  const loops: Promise<void>[] = []

  function again(visit: () => Promise<void>): void {
    const loop = async () => {
      while (!leaving.signal.aborted) {
        await visit().catch(() => {})
        await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal: leaving.signal }).catch(() => {})
      }
    }
    loops.push(loop())
  }

  async function trusted(): Promise<{ peer: RawPeer; connection: Connection }> {
    const peer = await startRawPeer()
    peers.push(peer)
    return { peer, connection: await peer.join(await invite()) }
  }

  const called = new Promise<void>(resolve => leaving.signal.addEventListener('abort', () => resolve()))

  for (let n = 0; n < 120; n++) {
    again(async () => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: HOSTS[n % 2] }).on('error', () => {})
      const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
      socket.resume()
      socket.write(Buffer.from(OPENINGS[n % OPENINGS.length] ?? '', 'latin1'))
      visits.silent++
      await Promise.race([closed, called])
      socket.destroy()
    })
  }

  for (let host = 0; host < 4; host++) {
    const stranger = await startRawPeer({ localAddress: HOSTS[host === 0 ? 1 : 0] })
    peers.push(stranger)
    for (let n = 0; n < 10; n++) {
      again(async () => {
        visits.strangers++
        await stranger.dialAnew(address)
      })
    }
  }

  for (let host = 0; host < 4; host++) {
    const { peer } = await trusted()
    for (let n = 0; n < 4; n++) {
      again(async () => {
        const connection = await peer.dialAnew(address)
        visits.crowding++
        for (let stream = 0; stream <= maxStreamsPerPeer; stream++) await openRaw(connection).catch(() => {})
        await Promise.race([called, sleep(5000)])
        await connection.close()
      })
    }
  }

  for (let host = 0; host < 2; host++) {
    const { peer } = await trusted()
    for (let n = 0; n < 12; n++) {
      again(async () => {
        const [connection = await peer.dial(address)] = peer.host.getConnections()
        const stream = await openRaw(connection)
        visits.garbage++
        const half = Buffer.alloc(64 * 1024, 'x')
        half.writeUInt32BE(n % 3 === 0 ? 0xffff_ffff : 8 * 1024 * 1024, 0)
        for (let part = 0; part < 8 && stream.writeStatus === 'writable'; part++) {
          stream.send(half)
          await stream.onDrain({ signal: AbortSignal.any([leaving.signal, AbortSignal.timeout(2000)]) })
        }
        if (n % 2 === 0) stream.abort(new Error('enough'))
      })
    }
  }

  return {
    visits,
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await Promise.all(loops)
      await Promise.all(peers.map(peer => peer[Symbol.asyncDispose]()))
    }
  }
}
