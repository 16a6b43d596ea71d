/**
 * A real Kubo for tests: the one at KUBO_API, or else a daemon of `ipfs` on the PATH with a repository of its own, on a loopback port,
 * without the network. Without either there is none, and the tests that need it say so and are skipped.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface KuboDaemon extends AsyncDisposable {
  /** Of its RPC. */
  url: string
  /** Runs `ipfs` on its repository, as another user of the daemon would. Only of a daemon started here, as what follows. */
  ipfs(...args: string[]): Promise<string>
  kill(): Promise<void>
  /** On the same port. */
  restart(): Promise<void>
}

const SETTINGS = {
  Addresses: { API: '/ip4/127.0.0.1/tcp/0', Gateway: [], Swarm: [] },
  AutoConf: { Enabled: false },
  Bootstrap: [],
  DNS: { Resolvers: {} },
  Discovery: { MDNS: { Enabled: false } },
  Ipns: { DelegatedPublishers: [] },
  Routing: { DelegatedRouters: [] }
}

const hasProgram = await promisify(execFile)('ipfs', ['version']).then(
  () => true,
  () => false
)

/** Why there is no daemon to test with, if so. */
export const kuboMissing =
  process.env.KUBO_API || hasProgram ? undefined : 'ipfs is not on the PATH and KUBO_API is not set'

if (kuboMissing) console.warn(`SKIPPED: tests with a real Kubo, since ${kuboMissing}`)

export async function startKubo(settings: Record<string, unknown> = {}): Promise<KuboDaemon> {
  const given = process.env.KUBO_API
  if (given) {
    const refuse = () => Promise.reject(new Error('The daemon of KUBO_API is only used, not run'))
    return { url: given, ipfs: refuse, kill: refuse, restart: refuse, [Symbol.asyncDispose]: async () => {} }
  }
  const repository = await mkdtemp(join(tmpdir(), 'kubo-'))
  const env = { ...process.env, IPFS_PATH: repository }
  const ipfs = async (...args: string[]) => (await promisify(execFile)('ipfs', args, { env })).stdout.trim()
  await ipfs('init', '--empty-repo')
  const configure = async (values: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(values)) await ipfs('config', '--json', key, JSON.stringify(value))
  }
  await configure({ ...SETTINGS, ...settings })
  const start = async () => {
    const daemon = spawn('ipfs', ['daemon', '--offline'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    const exited = once(daemon, 'exit')
    let text = ''
    for await (const part of daemon.stdout.iterator({ destroyOnReturn: false })) {
      text += String(part)
      if (text.includes('Daemon is ready')) break
    }
    daemon.stdout.resume()
    const address = await readFile(join(repository, 'api'), 'utf8')
    const kill = async () => {
      daemon.kill('SIGKILL')
      await exited
    }
    return { address, kill }
  }
  let running = await start()
  const [, host = '', port = ''] = /^\/ip4\/([^/]+)\/tcp\/(\d+)/.exec(running.address) ?? []
  return {
    url: `http://${host}:${port}`,
    ipfs,
    kill: () => running.kill(),
    async restart() {
      // It holds its configuration; the port that it was given is asked for now.
      await rm(join(repository, 'api'), { force: true })
      await configure({ 'Addresses.API': running.address })
      running = await start()
    },
    async [Symbol.asyncDispose]() {
      await running.kill()
      await rm(repository, { recursive: true, force: true })
    }
  }
}
