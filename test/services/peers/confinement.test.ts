/** Where a node dials when a call names an address: to peers, and to nothing else that listens nearby. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createMemoryStorage } from '../../../src/services/peers/index.ts'
import { joined, startPeer } from './network.ts'

const NOBODY = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

/** A node that listens nowhere, and a server of the same machine that is no peer. */
async function openScene() {
  const node = await startPeer({}, createMemoryStorage(), [])
  let connections = 0
  const server = createServer(socket => {
    connections++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a port, which has a number.
  const { port } = server.address() as AddressInfo
  return {
    ...node,
    port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.close()
      await node[Symbol.asyncDispose]()
    }
  }
}

test.each([
  ['/ip4/127.0.0.1/tcp/PORT', 'URL_FORBIDDEN'],
  [`/ip4/127.0.0.1/tcp/PORT/p2p/${NOBODY}`, 'URL_FORBIDDEN'],
  ['/ip4/127.8.8.8/tcp/PORT/ws', 'URL_FORBIDDEN'],
  ['/dns4/localhost/tcp/PORT', 'URL_FORBIDDEN'],
  ['/ip4/0.0.0.0/tcp/PORT', 'URL_FORBIDDEN'],
  ['/ip6/::ffff:127.0.0.1/tcp/PORT', 'URL_FORBIDDEN'],
  ['/ip4/169.254.169.254/tcp/80', 'URL_FORBIDDEN'],
  ['/ip4/224.0.0.1/tcp/80', 'URL_FORBIDDEN'],
  ['/ip4/127.0.0.1/tcp/PORT/p2p/nobody', 'INVALID_INPUT'],
  ['/ip4/256.0.0.1/tcp/1', 'INVALID_INPUT'],
  ['/unix/%2Ftmp%2Fx', 'PEER_UNREACHABLE'],
  ['/memory/1', 'PEER_UNREACHABLE']
])('%s is not dialled: %s', async (address, code) => {
  await using scene = await openScene()
  const target = { multiaddr: address.replace('PORT', String(scene.port)) }
  await expect(scene.peers.ping(target)).rejects.toMatchObject({ code })
  await expect(scene.peers.request(target, 'x', {})).rejects.toMatchObject({ code })
  expect(scene.connections()).toBe(0)
})

test('an invitation leads to a peer of the same machine all the same, and it stays reachable', async () => {
  await using scene = await openScene()
  await using peer = await startPeer()
  await joined(peer.peers, scene.peers)
  await scene.peers.disconnect(peer.peerId)
  expect((await scene.peers.ping({ peerId: peer.peerId })).peerId).toBe(peer.peerId)
})
