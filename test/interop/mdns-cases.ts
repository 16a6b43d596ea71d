/** Finding each other on a local network by mDNS: `_p2p._udp.local` and what stands in its TXT records. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { connectHttp, createWorkspace, startHttp } from '../helpers/processes.ts'
import { startPythonPeer } from './python-peer.ts'

const LIMIT_MS = 30_000

export type MdnsCase = readonly [
  guarantee: string,
  run: (python: string, note: (text: string) => void) => Promise<void>
]

/** Of this machine on its network, where py-libp2p can say where it is: of all interfaces it announces 0.0.0.0. */
const own = Object.values(networkInterfaces())
  .flatMap(addresses => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

export const MDNS_CASES: readonly MdnsCase[] =
  own === undefined
    ? []
    : [
        [
          'a peer in Python that announces itself by mDNS is found, with its address',
          async (python, note) => {
            await using workspace = await createWorkspace()
            await using server = await startHttp(workspace, ['--p2p'], {
              IPFS_DATASETS_MCP_P2P_LISTEN: `/ip4/${own}/tcp/0`
            })
            await using node = await connectHttp(server)
            const { peer_id } = await node.call('p2p_status')
            await using peer = await startPythonPeer(python, { host: own, mdns: true })
            const look = async () => {
              const { peers } = await node.call('peer_discover', { timeout: 1, max_peers: 100 })
              return (peers as Record<string, unknown>[]).find(one => one.peer_id === peer.peerId)
            }
            let found = await look()
            for (const giveUpAt = performance.now() + LIMIT_MS; !found && performance.now() < giveUpAt; )
              found = await look()
            assert.equal(found?.multiaddr, peer.address)
            note(`py-libp2p found us too: ${peer.found.has(String(peer_id))}`)
          }
        ]
      ]
