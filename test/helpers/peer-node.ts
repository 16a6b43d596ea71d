/** A whole node in this process that peers can reach over real TCP on loopback. */
import { createFace } from '../../src/cli/face.ts'
import { loadConfig } from '../../src/config.ts'
import type { Client } from '../../src/core/client.ts'
import { silentLog } from '../../src/core/log.ts'
import type { Metrics } from '../../src/core/metrics.ts'
import type { Trace, Tracer } from '../../src/core/tracer.ts'
import { startNode } from '../../src/node.ts'
import { createWorkspace } from './processes.ts'

export interface PeerNode extends AsyncDisposable {
  peerId: string
  address: string
  metrics: Metrics
  /** As its user. */
  call(tool: string, args?: object, more?: CallMore): Promise<Record<string, unknown>>
}

interface CallMore {
  signal?: AbortSignal
  trace?: Trace
  progress?: (done: number, total?: number, message?: string) => void
  client?: Client
}

/** `settings` by their keys without `p2p.`, as they stand in the environment. */
export async function startPeerNode(
  settings: Record<string, string> = {},
  runsTasks = false,
  tracer?: Tracer
): Promise<PeerNode> {
  const workspace = await createWorkspace()
  const { cwd, dataDir } = workspace
  const p2p = { enabled: 'true', listen: '/ip4/127.0.0.1/tcp/0', mdns: 'false', ...settings }
  const env = Object.fromEntries(
    Object.entries(p2p).map(([key, value]) => [`IPFS_DATASETS_MCP_P2P_${key.toUpperCase()}`, value])
  )
  const config = await loadConfig({
    flags: { 'data-dir': dataDir },
    env,
    cwd,
    home: cwd,
    readFile: async () => ''
  })
  const node = await startNode(config, { log: silentLog, runsTasks, tracer })
  await node.openToPeers(createFace(node, config, silentLog))
  const call = async (tool: string, args: object = {}, more: CallMore = {}) =>
    (await node.invoke({ tool, args, evidence: { kind: 'process' }, ...more })).envelope
  const { peer_id, addresses } = await call('p2p_status')
  return {
    peerId: String(peer_id),
    address: String(Array.isArray(addresses) ? addresses[0] : ''),
    call,
    metrics: node.metrics,
    async [Symbol.asyncDispose]() {
      await node.stop()
      await workspace[Symbol.asyncDispose]()
    }
  }
}

/** Each trusts the other; `tools` are what the joiner may use of the inviter beside the queue, and the other way round. */
export async function join(inviter: PeerNode, joiner: PeerNode, tools: string[] = [], back: string[] = []) {
  const { invitation } = await inviter.call('peer_invite', { tools })
  const joined = await joiner.call('peer_join', { invitation, tools: back })
  if (joined.success !== true) throw new Error(`Not joined: ${JSON.stringify(joined)}`)
}
