/** Two machines, as two processes with a data directory each: joined by one line, sharing work, killed in the middle. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { connectHttp, createWorkspace, end, startHttp, type Workspace } from '../helpers/processes.ts'
import { freePort } from '../helpers/tcp-proxy.ts'

interface Machine extends AsyncDisposable {
  workspace: Workspace
  env: Record<string, string>
  /** Runs a command on it. */
  cli(...args: string[]): Promise<Record<string, unknown>>
}

async function createMachine(more: Record<string, string> = {}): Promise<Machine> {
  const workspace = await createWorkspace()
  const env = {
    IPFS_DATASETS_MCP_P2P_LISTEN: `/ip4/127.0.0.1/tcp/${await freePort()}`,
    IPFS_DATASETS_MCP_P2P_MDNS: 'false',
    ...more
  }
  return {
    workspace,
    env,
    async cli(...args) {
      const { stdout, stderr, code } = await runCli(workspace, args, env)
      expect(stderr).toBe('')
      expect(code).toBe(0)
      return JSON.parse(stdout)
    },
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose]()
  }
}

const serve = (machine: Machine, ...flags: string[]) => startHttp(machine.workspace, flags, machine.env)

/** `guest` may use the queue of `host`, and `host` the named tools of `guest`. Answers the peer id of the host. */
async function join(host: Machine, guest: Machine, tools: string): Promise<string> {
  const { invitation } = await host.cli('p2p', 'invite', '--json')
  const { peer_id } = await guest.cli('p2p', 'join', String(invitation), '--tools', tools, '--json')
  return String(peer_id)
}

const QUEUE_ONLY = { IPFS_DATASETS_MCP_WORKERS_CONCURRENCY: '0' }

describe('two machines', () => {
  test('work submitted on one is done by the other, and a kill of either loses nothing', async () => {
    await using alice = await createMachine(QUEUE_ONLY)
    await using bob = await createMachine()
    let owner = await serve(alice, '--p2p')
    const host = await join(alice, bob, 'chunk_text')
    let helper = await serve(bob, '--work-for', host)
    const submit = async (from: number, to: number) => {
      await using connection = await connectHttp(owner)
      for (let n = from; n < to; n++) {
        const payload = { tool: 'chunk_text', args: { text: `Text ${n}. And more.`, strategy: 'sentence' } }
        const answer = await connection.call('task_submit', { task_id: `t${n}`, task_type: 'tool.call', payload })
        expect(answer).toMatchObject({ success: true })
      }
    }
    const completed = async () => {
      await using connection = await connectHttp(owner)
      return Number((await connection.call('task_list', { status_filter: 'completed', limit: 1 })).total_count)
    }
    try {
      await submit(0, 20)
      await expect.poll(completed, { timeout: 30_000, interval: 100 }).toBeGreaterThan(5)
      await end(helper.child, 'SIGKILL')
      await submit(20, 40)
      helper = await serve(bob, '--work-for', host)
      await expect.poll(completed, { timeout: 60_000, interval: 100 }).toBeGreaterThan(25)
      await end(owner.child, 'SIGKILL')
      owner = await serve(alice)
      await submit(40, 60)
      await expect.poll(completed, { timeout: 80_000, interval: 200 }).toBe(60)
      await using connection = await connectHttp(owner)
      const { tasks } = await connection.call('task_list', { limit: 100 })
      for (const task of tasks as Record<string, unknown>[]) {
        expect(task.worker_id).toMatch(/^peer-/)
        expect(task.submitter).toMatchObject({ kind: expect.stringMatching(/anonymous|local/) })
      }
      expect(await connection.call('task_result', { task_id: 't7' })).toMatchObject({
        result: { success: true, chunks: expect.any(Array) }
      })
    } finally {
      await end(helper.child)
      await end(owner.child)
    }
  }, 200_000)

  test('a peer uses the queue of another by naming it, and nothing that it was not granted', async () => {
    await using alice = await createMachine(QUEUE_ONLY)
    await using bob = await createMachine()
    await using _owner = await serve(alice, '--p2p')
    const host = await join(alice, bob, 'list_datasets')
    const call = (tool: string, args: object) =>
      runCli(bob.workspace, ['call', tool, '--json', JSON.stringify({ target_peer_id: host, ...args })], {
        ...bob.env,
        IPFS_DATASETS_MCP_P2P_ENABLED: 'true'
      })
    const payload = { tool: 'list_datasets', args: {} }
    expect((await call('task_submit', { task_id: 'mine', task_type: 'tool.call', payload })).code).toBe(0)
    const shown = JSON.parse((await call('task_status', { task_id: 'mine' })).stdout)
    expect(shown).toMatchObject({ status: 'queued', submitter: { kind: 'peer', id: expect.stringContaining('12D3') } })
    expect(JSON.parse((await call('p2p_status', {})).stdout).peer_id).toBe(host)
    const refused = await call('peer_call_tool', { tool: 'load_dataset', args: { source: 'x.csv' } })
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: 'FORBIDDEN' })
    const onward = await call('peer_call_tool', { tool: 'task_list', args: { target_peer_id: host } })
    expect(JSON.parse(onward.stdout)).toMatchObject({ error: 'FORBIDDEN' })
    const seen = await alice.cli('p2p', 'peers', '--json')
    expect(seen).toMatchObject({ peers: [{ is_trusted: true, source: 'invitation' }] })
  })

  test('the variable of the Python server switches peer-to-peer on', async () => {
    await using alice = await createMachine({ ENABLE_MCPLUSPLUS: 'true' })
    await using server = await serve(alice)
    await using connection = await connectHttp(server)
    const listens = expect.stringContaining(String(alice.env.IPFS_DATASETS_MCP_P2P_LISTEN))
    expect(await connection.call('p2p_status')).toMatchObject({ success: true, addresses: [listens] })
  })

  test('switched off, the rest of the server works and the tools about peers say why', async () => {
    await using alice = await createMachine()
    await using server = await serve(alice)
    await using connection = await connectHttp(server)
    expect(await connection.call('peer_list')).toMatchObject({
      error: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('--p2p')
    })
    expect(await connection.call('list_datasets')).toMatchObject({ success: true })
    expect(await connection.call('queue_stats')).toMatchObject({ success: true })
  })

  test('what does not listen because its port is taken leaves the rest at work', async () => {
    await using alice = await createMachine()
    const blocker = createServer().listen(
      Number(alice.env.IPFS_DATASETS_MCP_P2P_LISTEN?.split('/').at(-1)),
      '127.0.0.1'
    )
    await once(blocker, 'listening')
    try {
      await using server = await serve(alice, '--p2p')
      await using connection = await connectHttp(server)
      expect(await connection.call('p2p_status')).toMatchObject({ success: false })
      expect(await connection.call('list_datasets')).toMatchObject({ success: true })
    } finally {
      blocker.close()
    }
  })
})
