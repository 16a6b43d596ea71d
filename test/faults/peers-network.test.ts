/** Two nodes on machines of their own, as far as the kernel can make them: they hear of each other by mDNS, and a cable is pulled. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createRemoteInvoke } from '../../src/transports/remote-invoke.ts'
import { runCli } from '../helpers/command.ts'
import { type Machine, openNetwork, whyNoNetwork } from '../helpers/network-namespaces.ts'
import { createWorkspace, end, MAIN, type Workspace } from '../helpers/processes.ts'

const LIMIT_MS = 240_000
const CUT_MS = 4000

interface Node {
  call(tool: string, args?: object): Promise<Record<string, unknown>>
  cli(...args: string[]): Promise<Record<string, unknown>>
  child: ChildProcess
}

async function startNode(machine: Machine, workspace: Workspace, flags: string[], concurrency: number): Promise<Node> {
  const args = [MAIN, 'serve', '--transport', 'http', '--port', '0', '--data-dir', workspace.dataDir, '--p2p', ...flags]
  const env = {
    IPFS_DATASETS_MCP_P2P_LISTEN: '/ip4/0.0.0.0/tcp/9710',
    IPFS_DATASETS_MCP_WORKERS_CONCURRENCY: String(concurrency)
  }
  const child = machine.run(process.execPath, args, env)
  child.stderr?.resume()
  // The socket of a data directory is a file, and files are seen from every network.
  const invoke = createRemoteInvoke({ socketPath: `${workspace.dataDir}/node.sock` }, { name: 'test', version: '1' })
  const call = async (tool: string, toolArgs: object = {}) =>
    (await invoke({ tool, args: toolArgs, evidence: { kind: 'process' } })).envelope
  const isUp = () =>
    call('p2p_status').then(
      ({ success }) => success,
      () => false
    )
  await expect.poll(isUp, { timeout: 60_000, interval: 100 }).toBe(true)
  return {
    child,
    call,
    async cli(...cliArgs) {
      const { stdout, stderr } = await runCli(workspace, [...cliArgs, '--json'], env)
      expect(stderr).toBe('')
      return JSON.parse(stdout)
    }
  }
}

const reason = whyNoNetwork()

test.skipIf(reason !== undefined)(
  `two machines find each other by mDNS, share work, and go on when a cut link returns${reason ? ` (skipped: ${reason})` : ''}`,
  { timeout: LIMIT_MS },
  async () => {
    using network = openNetwork()
    await using here = await createWorkspace()
    await using there = await createWorkspace()
    const started: ChildProcess[] = []
    try {
      const alice = await startNode(network.machines[0], here, [], 0)
      started.push(alice.child)
      const { peer_id: aliceId } = await alice.call('p2p_status')
      const bob = await startNode(network.machines[1], there, ['--work-for', String(aliceId)], 4)
      started.push(bob.child)
      const { peer_id: bobId } = await bob.call('p2p_status')

      const heardOf = async (node: Node, peerId: unknown) => {
        const { peers } = await node.call('peer_discover', { timeout: 5, max_peers: 1 })
        return (peers as Record<string, unknown>[]).find(({ peer_id }) => peer_id === peerId)
      }
      const address = (index: number) => expect.stringContaining(`/ip4/10.77.0.${index}/tcp/9710`)
      const found = (index: number) => ({
        source: 'mdns',
        is_trusted: false,
        addresses: expect.arrayContaining([address(index)])
      })
      await expect.poll(() => heardOf(bob, aliceId), { timeout: 60_000 }).toMatchObject(found(1))
      await expect.poll(() => heardOf(alice, bobId), { timeout: 60_000 }).toMatchObject(found(2))

      const { invitation } = await alice.cli('p2p', 'invite')
      await bob.cli('p2p', 'join', String(invitation), '--tools', 'chunk_text')
      const submit = async (from: number, to: number) => {
        for (let n = from; n < to; n++) {
          const payload = { tool: 'chunk_text', args: { text: `Text ${n}. And more.` } }
          const answer = await alice.call('task_submit', { task_id: `t${n}`, task_type: 'tool.call', payload })
          expect(answer).toMatchObject({ success: true })
        }
      }
      const completed = async () =>
        Number((await alice.call('task_list', { status_filter: 'completed', limit: 1 })).total_count)
      await submit(0, 50)
      await expect.poll(completed, { timeout: 60_000, interval: 20 }).toBeGreaterThan(10)

      network.machines[1].link('down')
      await submit(50, 100)
      await sleep(CUT_MS)
      const whileCut = await completed()
      await sleep(500)
      expect(await completed(), 'nothing is done over a link that is cut').toBe(whileCut)
      expect(whileCut).toBeLessThan(100)

      network.machines[1].link('up')
      await expect.poll(completed, { timeout: 120_000, interval: 100 }).toBe(100)
      expect(await alice.call('task_list', { status_filter: 'failed' })).toMatchObject({ total_count: 0 })
      const { tasks } = await alice.call('task_list', { limit: 100 })
      for (const task of tasks as Record<string, unknown>[]) expect(task.worker_id).toMatch(/^peer-/)
    } finally {
      await Promise.all(started.map(child => end(child)))
    }
  }
)
