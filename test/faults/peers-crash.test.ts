/**
 * Three nodes of eight workers each share one queue over real sockets, while any of them is killed and the lines between them stall,
 * break and lose what goes one way: every task is done in the end, and each effect stands once per fence.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createRemoteInvoke } from '../../src/transports/remote-invoke.ts'
import { runCli } from '../helpers/command.ts'
import { end, type Workspace } from '../helpers/processes.ts'
import { freePort, type LineFault, startProxy, type TcpProxy } from '../helpers/tcp-proxy.ts'

const PROCESS = fileURLToPath(new URL('peer-process.ts', import.meta.url))
const TASKS = Number(process.env.TASKS ?? 300)
const FAULTS = Number(process.env.FAULTS ?? 4)
const LIMIT_MS = 180_000 + TASKS * 30 + FAULTS * 10_000
const LINE_FAULTS: readonly LineFault[] = ['stall', 'deaf', 'cut', 'dumb']

interface Machine {
  name: string
  workspace: Pick<Workspace, 'cwd' | 'dataDir'>
  env: Record<string, string>
  /** Of the node that it works for and of itself. */
  peers: readonly string[]
  child?: ChildProcess
}

interface Cluster extends AsyncDisposable {
  machines: readonly Machine[]
  proxy: TcpProxy
  call(tool: string, args: object): Promise<Record<string, unknown>>
  ledger(): Promise<string[][]>
  /** Kills a node and starts it again. */
  kill(machine: Machine): Promise<void>
}

async function openCluster(): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), 'cluster-'))
  const ledgerPath = join(directory, 'ledger')
  await appendFile(ledgerPath, '')
  const port = await freePort()
  const proxy = await startProxy(() => port)

  function createMachine(name: string, listen: number): Machine {
    const env = {
      IPFS_DATASETS_MCP_P2P_ENABLED: 'true',
      IPFS_DATASETS_MCP_P2P_MDNS: 'false',
      IPFS_DATASETS_MCP_P2P_LISTEN: `/ip4/127.0.0.1/tcp/${listen}`,
      IPFS_DATASETS_MCP_WORKERS_CONCURRENCY: '0',
      // Whoever comes to the owner of the queue comes by the bad line.
      ...(listen !== 0 && { IPFS_DATASETS_MCP_P2P_ANNOUNCE: `/ip4/127.0.0.1/tcp/${proxy.port}` })
    }
    return { name, env, peers: [], workspace: { cwd: directory, dataDir: join(directory, name) } }
  }

  const owner = createMachine('owner', port)
  const helpers = [createMachine('helper-1', 0), createMachine('helper-2', 0)]
  const machines = [owner, ...helpers]
  const socketPath = join(owner.workspace.dataDir, 'node.sock')
  const invoke = createRemoteInvoke({ socketPath }, { name: 'test', version: '1' })

  async function start(machine: Machine): Promise<void> {
    const { workspace, name, peers, env } = machine
    const child = spawn(process.execPath, [PROCESS, workspace.dataDir, ledgerPath, name, ...peers], {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit']
    })
    machine.child = child
    const isWorking = async () =>
      (await ledger()).some(([step, , pid]) => step === 'working' && pid === String(child.pid))
    while (!(await isWorking())) {
      if (child.exitCode !== null) throw new Error(`${name} did not start`)
      await sleep(20)
    }
  }

  async function ledger(): Promise<string[][]> {
    return (await readFile(ledgerPath, 'utf8')).split('\n').map(line => line.split(' '))
  }

  async function cli(machine: Machine, ...args: string[]): Promise<Record<string, unknown>> {
    const { stdout, stderr } = await runCli(machine.workspace, [...args, '--json'], machine.env)
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  await start(owner)
  for (const helper of helpers) {
    const { invitation } = await cli(owner, 'p2p', 'invite')
    const { peer_id } = await cli(helper, 'p2p', 'join', String(invitation), '--tools', 'chunk_text')
    const { peer_id: self } = await cli(helper, 'p2p', 'status')
    helper.peers = [String(peer_id), String(self)]
  }
  await Promise.all(helpers.map(start))

  return {
    machines,
    proxy,
    ledger,
    /** Asks until there is an owner that answers: everything asked for here may be asked twice. */
    async call(tool, args) {
      for (const giveUpAt = performance.now() + LIMIT_MS / 2; ; await sleep(50)) {
        const outcome = await invoke({ tool, args, evidence: { kind: 'process' } }).catch(() => undefined)
        if (outcome && !outcome.failure?.retryable) return outcome.envelope
        if (performance.now() > giveUpAt) throw new Error(`No owner answered ${tool}: ${outcome?.failure?.message}`)
      }
    },
    async kill(machine) {
      if (machine.child) await end(machine.child, 'SIGKILL')
      await start(machine)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(machines.map(({ child }) => child && end(child, 'SIGKILL')))
      await proxy[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    }
  }
}

const share = (n: number) => Math.floor((TASKS * n) / FAULTS)

async function submitAll({ call }: Cluster, ids: readonly string[]): Promise<void> {
  const left = [...ids]
  const submitNext = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      const payload = { tool: 'chunk_text', args: { text: id } }
      const retry_policy = { max_attempts: 1000, base_s: 0 }
      const answer = await call('task_submit', { task_id: id, task_type: 'tool.call', payload, retry_policy })
      expect(answer).toMatchObject({ success: true })
    }
  }
  await Promise.all(Array.from({ length: 8 }, submitNext))
}

test(`${TASKS} tasks on three nodes of eight workers are done once per fence through ${FAULTS} kills and bad lines`, {
  timeout: LIMIT_MS
}, async () => {
  await using cluster = await openCluster()
  const { machines, proxy, call, ledger, kill } = cluster
  const ids = Array.from({ length: TASKS }, (_, n) => `t${n}`)
  const done: string[] = []
  for (let n = 0; n < FAULTS; n++) {
    // Each fault comes while there is work, and the first ones are of every kind.
    await submitAll(cluster, ids.slice(share(n), share(n + 1)))
    await sleep(Math.random() * 300)
    const fault = LINE_FAULTS[(n / 2) % LINE_FAULTS.length]
    if (fault) await expect.poll(() => proxy.spoil(fault), { timeout: 40_000 }).toBe(true)
    const victim = fault ? undefined : machines[((n - 1) / 2) % machines.length]
    if (victim) await kill(victim)
    done.push(fault ?? `kill ${victim?.name}`)
  }
  const count = async (status: string) =>
    Number((await call('task_list', { status_filter: status, limit: 1 })).total_count)
  await expect.poll(() => count('completed'), { timeout: LIMIT_MS / 2, interval: 200 }).toBe(TASKS)

  const lines = await ledger()
  const effects = lines.filter(([step]) => step === 'effect')
  const fences = effects.map(([, id, fence]) => `${id} ${fence}`)
  expect(new Set(fences).size, 'an effect came twice under one fence').toBe(fences.length)
  const stands = new Set(fences)
  for (const task_id of ids) {
    const { status, result } = await call('task_result', { task_id })
    expect(status).toBe('completed')
    expect(stands).toContain(`${task_id} ${Object(result).by}`)
  }
  const workers = new Set(effects.map(([, , , name]) => name))
  expect([...workers].sort(), 'each node had a part in the work').toEqual(['helper-1', 'helper-2', 'owner'])
  if (process.env.FAULTS) console.log(`${effects.length} effects of ${TASKS} tasks; ${done.join(', ')}`)
})
