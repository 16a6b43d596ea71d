/** Strangers at the gate keep no trusted peer out, wherever it comes from and however many they are. */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startRawPeer } from '../../helpers/raw-peer.ts'
import { joined, serveEcho, startPeer } from './network.ts'

/** The first handshakes of strangers are for nothing but this; then there is hardly one more. */
const FEW_STRANGERS = { strangersPerSecond: 0.001 }
const BURST = 10
const HANDSHAKES = 64

const grant = { tools: [] }
const portOf = (address: string) => Number(/tcp\/(\d+)/.exec(address)?.[1])

test.runIf(process.platform === 'linux')(
  'strangers that have used up their handshakes keep out no trusted peer, not even one that comes from where it does not listen',
  async () => {
    await using alice = await startPeer(FEW_STRANGERS)
    serveEcho(alice.peers)
    const [address = ''] = alice.peers.status().addresses
    await using bob = await startRawPeer({ localAddress: '127.0.0.3' })
    const { line } = await alice.peers.invite({ grant, expiresInMs: 60_000 })
    const first = await bob.join(line)
    await using mallory = await startRawPeer({ localAddress: '127.0.0.2' })
    for (let n = 0; n < 2 * BURST; n++)
      await expect(mallory.dialAnew(address).then(c => c.newStream('/none'))).rejects.toThrow()
    expect(alice.peers.status().refused).toBe(2 * BURST)
    await first.close()
    expect((await bob.dialAnew(address)).status).toBe('open')
    await using carol = await startRawPeer({ localAddress: '127.0.0.4' })
    await expect(carol.dialAnew(address)).rejects.toThrow()
  }
)

test('handshakes that do not go on make room for those that come after them, from the same address', async () => {
  await using alice = await startPeer()
  await using bob = await startPeer()
  serveEcho(alice.peers)
  await joined(alice.peers, bob.peers)
  await bob.peers.disconnect(alice.peerId)
  const port = portOf(alice.peers.status().addresses[0] ?? '')
  const silent = Array.from({ length: HANDSHAKES + 10 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  try {
    for (const socket of silent) socket.resume()
    await Promise.all(silent.slice(0, 10).map(socket => new Promise(resolve => socket.on('close', resolve))))
    expect(await bob.peers.request({ peerId: alice.peerId }, 'x', { a: 1 })).toMatchObject({ from: bob.peerId })
    expect(silent.filter(({ destroyed }) => !destroyed).length).toBeGreaterThanOrEqual(HANDSHAKES - 2)
  } finally {
    for (const socket of silent) socket.destroy()
  }
})
