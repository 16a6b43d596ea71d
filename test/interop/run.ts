/**
 * `npm run test:interop`: a node of ours and peers on py-libp2p, which others wrote, speak with each other over real sockets. It needs
 * Python and, once, the network to install it; without them it says so and tries nothing.
 */
import { connectHttp, createWorkspace, startHttp } from '../helpers/processes.ts'
import { CASES, type Scene } from './cases.ts'
import { MDNS_CASES } from './mdns-cases.ts'
import { preparePython } from './python.ts'
import { startPythonPeer } from './python-peer.ts'

const counts = { passed: 0, failed: 0 }

async function attempt(guarantee: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
    counts.passed++
    console.log(`pass  ${guarantee}`)
  } catch (error) {
    counts.failed++
    console.log(`FAIL  ${guarantee}\n${String(Object(error).stack ?? error).replaceAll(/^/gm, '      ')}`)
  }
}

async function runAll(python: string): Promise<void> {
  await using workspace = await createWorkspace()
  await using server = await startHttp(workspace, ['--p2p'], {
    IPFS_DATASETS_MCP_P2P_LISTEN: '/ip4/127.0.0.1/tcp/0',
    IPFS_DATASETS_MCP_P2P_MDNS: 'false',
    IPFS_DATASETS_MCP_WORKERS_CONCURRENCY: '0'
  })
  await using node = await connectHttp(server)
  const { peer_id, addresses } = await node.call('p2p_status')
  await using peer = await startPythonPeer(python)
  await using stranger = await startPythonPeer(python)
  const scene: Scene = {
    node,
    nodeId: String(peer_id),
    nodeAddress: String(Array.isArray(addresses) ? addresses[0] : ''),
    python: peer,
    stranger,
    another: key => startPythonPeer(python, { key }),
    note: text => console.log(`      ${text}`)
  }
  for (const [guarantee, run] of CASES) await attempt(guarantee, () => run(scene))
  for (const [guarantee, run] of MDNS_CASES) await attempt(guarantee, () => run(python, scene.note))
}

try {
  const { path, versions } = await preparePython(console.log)
  console.log(versions)
  await runAll(path)
  process.exitCode = counts.failed === 0 ? 0 : 1
} catch (error) {
  console.error(`\nNOTHING WAS TRIED WITH PYTHON: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
}
console.log(`${counts.passed} passed, ${counts.failed} failed`)
