/** Whole nodes that trust each other from the start, for the benches of peers: keys and trust are made from numbers. */
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { generateKeyPairFromSeed, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { createFace } from '../src/cli/face.ts'
import { loadConfig } from '../src/config.ts'
import { silentLog } from '../src/core/log.ts'
import { startNode } from '../src/node.ts'
import { createFileStorage } from '../src/services/peers/index.ts'

/** What whoever is trusted may use here. */
const TOOLS = ['p2p_status', 'task_submit', 'task_claim', 'task_complete', 'task_release']

export interface OpenPeer extends AsyncDisposable {
  peerId: string
  address: string
  /** Calls a tool of this node; throws unless it succeeds. */
  call(tool: string, args?: object): Promise<Record<string, unknown>>
}

export interface PeerOptions {
  directory: string
  /** Makes its key. */
  number: number
  /** The numbers of those whom it trusts. */
  trusts: readonly number[]
  /** The address of loopback that it listens at. */
  host?: string
}

export const keyOf = (number: number) => generateKeyPairFromSeed('Ed25519', hash('sha256', `peer ${number}`, 'buffer'))

export async function openPeer({ directory, number, trusts, host = '127.0.0.1' }: PeerOptions): Promise<OpenPeer> {
  const storage = createFileStorage(join(directory, 'peers'))
  await storage.write('identity.key', privateKeyToProtobuf(await keyOf(number)))
  await storage.write('peers.json', Buffer.from(JSON.stringify(await Promise.all(trusts.map(trusted)))))
  const config = await loadConfig({
    flags: { 'data-dir': directory },
    env: {
      IPFS_DATASETS_MCP_P2P_ENABLED: 'true',
      IPFS_DATASETS_MCP_P2P_LISTEN: `/ip4/${host}/tcp/0`,
      IPFS_DATASETS_MCP_P2P_MDNS: 'false',
      IPFS_DATASETS_MCP_FETCH_ALLOW_HTTP: 'true',
      IPFS_DATASETS_MCP_FETCH_ALLOW_LOOPBACK: 'true'
    },
    cwd: directory,
    home: directory,
    readFile: async () => ''
  })
  const node = await startNode(config, { log: silentLog })
  await node.openToPeers(createFace(node, config, silentLog))

  async function call(tool: string, args: object = {}): Promise<Record<string, unknown>> {
    const { envelope, failure } = await node.invoke({ tool, args, evidence: { kind: 'process' } })
    if (failure) throw failure
    return envelope
  }
  const { peer_id, addresses } = await call('p2p_status')
  return {
    peerId: String(peer_id),
    address: String(Array.isArray(addresses) ? addresses[0] : ''),
    call,
    [Symbol.asyncDispose]: () => node.stop()
  }
}

async function trusted(number: number): Promise<object> {
  const peerId = peerIdFromPrivateKey(await keyOf(number)).toString()
  return {
    peerId,
    addresses: [],
    capabilities: [],
    source: 'invitation',
    grant: { tools: TOOLS },
    successes: 0,
    failures: 0
  }
}
