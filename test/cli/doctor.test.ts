import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { startChild } from '../../src/child.ts'
import { CLIENTS, type McpClient } from '../../src/cli/clients/clients.ts'
import type { Machine } from '../../src/cli/doctor/check.ts'
import { CHECKS, examine, type Report, testServices } from '../../src/cli/doctor/examine.ts'
import { runSelfTest, selfTests } from '../../src/cli/doctor/self-tests.ts'
import { loadConfig } from '../../src/config.ts'
import { createCatalog } from '../../src/core/catalog.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createChildPool } from '../../src/runtime/lanes/child-pool.ts'
import { dataProcessingTools } from '../../src/tools/data_processing_tools/index.ts'
import { runCli } from '../helpers/command.ts'
import { createFixtureNode, type FixtureNode } from '../helpers/fixture-node.ts'
import { createWorkspace, type Workspace } from '../helpers/processes.ts'

interface World extends Workspace {
  machine: Machine
  flags: Record<string, string | boolean>
  cleanup: AsyncDisposableStack
}

/** A machine on which everything is well: a data directory, tools on the path, and free ports. */
async function createWorld(): Promise<World> {
  const workspace = await createWorkspace()
  const { cwd, dataDir } = workspace
  await mkdir(dataDir, { mode: 0o700 })
  await mkdir(join(cwd, 'work'))
  await mkdir(join(cwd, 'bin'))
  await writeFile(join(dataDir, 'version'), '1\n')
  for (const name of ['npx', 'ipfs', 'docker']) await writeFile(join(cwd, 'bin', name), '', { mode: 0o755 })
  const machine: Machine = {
    home: cwd,
    cwd: join(cwd, 'work'),
    platform: 'linux',
    env: { PATH: join(cwd, 'bin') },
    nodeVersion: '24.1.0',
    userId: process.getuid?.(),
    temporaryDirectory: cwd,
    now: Date.now,
    freeMemoryBytes: () => 1024 ** 3,
    openFileLimit: async () => 4096,
    space: async () => ({ freeBytes: 2 * 1024 ** 3, freeFiles: 1_000_000 }),
    lookup: async () => '127.0.0.1',
    load: async () => ({})
  }
  const cleanup = new AsyncDisposableStack()
  const dispose = async () => {
    await cleanup.disposeAsync()
    await workspace[Symbol.asyncDispose]()
  }
  return { ...workspace, machine, flags: { 'data-dir': dataDir, port: '0' }, cleanup, [Symbol.asyncDispose]: dispose }
}

async function examineWorld({ machine, flags, dataDir }: World): Promise<Map<string, Report>> {
  const { env, cwd, home } = machine
  const { readFile } = await import('node:fs/promises')
  const config = await loadConfig({ flags, env, cwd, home, readFile: path => readFile(path, 'utf8') }).then(
    value => ({ value }),
    (problem: Error) => ({ problem })
  )
  const found = new Map<string, Report>()
  for await (const report of examine({ machine, config })) found.set(report.id, report)
  // What a check writes, it takes away.
  expect((await readdir(dirname(dataDir))).filter(name => name.startsWith('.doctor'))).toEqual([])
  return found
}

async function takePort({ cleanup }: World): Promise<number> {
  const server = createServer(socket => socket.destroy())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  cleanup.defer(() => new Promise<void>(resolve => server.close(() => resolve())))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const breakModule = (name: string) => (world: World) => {
  world.machine.load = async module => {
    if (module === name) throw new Error('no such binary')
  }
}

const breakClient =
  (client: McpClient) =>
  async ({ machine }: World) => {
    const path = client.settingsPath(machine)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, client.format === 'toml' ? '[mcp_servers\n' : '{ "servers": {,} }')
  }

/** What breaks each check, and no other thing than what it looks at. */
const BREAKS: Record<string, (world: World) => unknown> = {
  'node-version': ({ machine }) => (machine.nodeVersion = '20.20.2'),
  sqlite: breakModule('node:sqlite'),
  duckdb: breakModule('@duckdb/node-api'),
  arrow: breakModule('apache-arrow'),
  'http-client': breakModule('undici'),
  memory: ({ machine }) => (machine.freeMemoryBytes = () => 1024 ** 2),
  'open-files': ({ machine }) => (machine.openFileLimit = async () => 64),
  clock: ({ machine }) => (machine.now = () => 0),
  'temporary-directory': ({ machine, cwd }) => (machine.temporaryDirectory = join(cwd, 'none')),
  'home-directory': ({ machine, cwd }) => (machine.home = join(cwd, 'nobody')),
  localhost: ({ machine }) => (machine.lookup = async () => '203.0.113.7'),
  'program-npx': ({ machine }) => (machine.env.PATH = ''),
  settings: ({ machine }) => (machine.env.IPFS_DATASETS_MCP_SERVER_PROT = '1'),
  'settings-file': async ({ machine, cwd }) => {
    machine.env.IPFS_DATASETS_MCP_CONFIG = join(cwd, 'c.yaml')
    await writeFile(join(cwd, 'c.yaml'), 'expose: meta\n')
    await chmod(join(cwd, 'c.yaml'), 0o666)
  },
  'old-variables': ({ machine }) => (machine.env.MCP_PORT = '8000'),
  token: ({ machine }) => (machine.env.IPFS_DATASETS_MCP_TOKEN = 'secret'),
  'token-file': async ({ machine, cwd }) => {
    machine.env.IPFS_DATASETS_MCP_SERVER_TOKEN_FILE = join(cwd, 'token')
    await writeFile(join(cwd, 'token'), 'abcdefghijklmnopqrstuvwxyz')
    await chmod(join(cwd, 'token'), 0o644)
  },
  'allowed-hosts': ({ machine, flags }) => {
    flags.host = '0.0.0.0'
    machine.env.IPFS_DATASETS_MCP_TOKEN = 'abcdefghijklmnopqrstuvwxyz'
  },
  roots: ({ machine }) => (machine.env.IPFS_DATASETS_MCP_ROOTS = 'nowhere'),
  'roots-narrow': ({ machine }) => (machine.env.IPFS_DATASETS_MCP_ROOTS = '/'),
  'http-port': async world => (world.flags.port = String(await takePort(world))),
  'peer-ports': async world => {
    world.flags.p2p = true
    world.machine.env.IPFS_DATASETS_MCP_P2P_LISTEN = `/ip4/127.0.0.1/tcp/${await takePort(world)}`
  },
  proxy: ({ machine }) => (machine.env.HTTPS_PROXY = 'http://proxy:8080'),
  'data-directory': async ({ flags, cwd }) => {
    await writeFile(join(cwd, 'file'), '')
    flags['data-dir'] = join(cwd, 'file', 'data')
  },
  'data-directory-private': ({ dataDir }) => chmod(dataDir, 0o755),
  'data-directory-owner': ({ machine }) => (machine.userId = 424_242),
  'data-directory-version': ({ dataDir }) => writeFile(join(dataDir, 'version'), '2\n'),
  'data-directory-lock': ({ dataDir, cleanup }) => {
    const database = new DatabaseSync(join(dataDir, 'owner.lock'))
    database.exec('BEGIN EXCLUSIVE')
    cleanup.defer(() => database.close())
  },
  'socket-path': ({ flags, cwd }) => (flags['data-dir'] = join(cwd, 'x'.repeat(120))),
  'disk-space': ({ machine }) => (machine.space = async () => ({ freeBytes: 1024, freeFiles: 1_000_000 })),
  'disk-files': ({ machine }) => (machine.space = async () => ({ freeBytes: 2 * 1024 ** 3, freeFiles: 3 })),
  'disk-clock': ({ dataDir }) => utimes(join(dataDir, 'version'), Date.now() / 1000, Date.now() / 1000 + 86_400),
  scratch: async ({ dataDir }) => {
    await mkdir(join(dataDir, 'scratch'))
    await writeFile(join(dataDir, 'scratch', 'left'), '')
    await utimes(join(dataDir, 'scratch', 'left'), 1, 1)
  },
  'queue-file': async ({ dataDir }) => {
    await mkdir(join(dataDir, 'queue'))
    await writeFile(join(dataDir, 'queue', 'queue.db'), 'this is no database'.repeat(100))
  },
  'disk-rename': ({ dataDir }) => mkdir(join(dataDir, '.doctor-b', 'full'), { recursive: true }),
  ...Object.fromEntries(CLIENTS.map(client => [`client-${client.id}`, breakClient(client)]))
}

/** Programs that nothing here needs: their absence is told and is no fault. */
const OPTIONAL = ['program-ipfs', 'program-docker']

test('on a machine where all is well no check finds a fault, and there are more than thirty', async () => {
  await using world = await createWorld()
  const found = [...(await examineWorld(world)).values()]
  expect(found.filter(({ status }) => status === 'failed' || status === 'warning')).toEqual([])
  expect(found.length).toBeGreaterThanOrEqual(30)
})

test('every check is broken by a test here', () => {
  expect(CHECKS.map(({ id }) => id).sort()).toEqual([...Object.keys(BREAKS), ...OPTIONAL].sort())
})

test.each(Object.keys(BREAKS))('%s finds its fault and names the command that mends it', async id => {
  await using world = await createWorld()
  await BREAKS[id]?.(world)
  const found = (await examineWorld(world)).get(id)
  expect(found?.status).toMatch(/^(failed|warning)$/)
  const cure = found && 'cure' in found ? found.cure : ''
  // A shell reads it as a command, whatever stands in the paths.
  expect(execFileSync('bash', ['-n', '-c', cure], { encoding: 'utf8' })).toBe('')
  expect(cure).not.toBe('')
})

test('programs that nothing needs are no fault when they are absent', async () => {
  await using world = await createWorld()
  world.machine.env.PATH = ''
  const found = await examineWorld(world)
  expect(OPTIONAL.map(id => found.get(id)?.status)).toEqual(['skipped', 'skipped'])
})

describe('the tests of the services', () => {
  async function run(world: World, plant?: (directory: string) => Promise<void>) {
    const found = new Map<string, Report>()
    for await (const report of testServices(world.machine, silentLog, plant)) found.set(report.id, report)
    return found
  }

  test('pass on a machine where all is well, and leave nothing behind', async () => {
    await using world = await createWorld()
    const before = await readdir(world.cwd)
    const found = await run(world)
    expect([...found.values()].filter(({ status }) => status !== 'fine')).toEqual([])
    expect([...found.keys()]).toEqual(selfTests.map(({ id }) => id))
    expect(await readdir(world.cwd)).toEqual(before)
  })

  /** Services that keep files of their own. */
  const KEEPING = ['files', 'blocks', 'datasets', 'cache', 'queue', 'peers']

  test.each(KEEPING)(
    '%s is found broken when it cannot keep its files, and the others are tested all the same',
    async name => {
      await using world = await createWorld()
      const found = await run(world, directory => writeFile(join(directory, name), 'in the way'))
      expect(found.get(`service-${name}`)?.status).toBe('failed')
      expect(found.get('service-catalog')?.status).toBe('fine')
    }
  )

  const runOn = async (id: string, { dispatcher }: FixtureNode) => {
    const found = selfTests.find(test => test.id === id)
    if (!found) throw new Error(`There is no test ${id}`)
    return await runSelfTest(found, async (tool, args) => {
      const { envelope, failure } = await dispatcher.invoke({ tool, args, evidence: { kind: 'process' } })
      if (failure) throw failure
      return envelope
    })
  }

  test('the catalogue is found broken when it cannot be asked, and when it lists nothing', async () => {
    const stopped = createFixtureNode()
    await stopped.dispatcher.stop()
    expect(await runOn('service-catalog', stopped)).toMatchObject({ status: 'failed', cure: expect.any(String) })
    const catalog = createCatalog({ categories: [] }, {}, () => undefined)
    const plan = { needs: [], create: () => catalog }
    const empty = createFixtureNode({ servicePlans: () => ({ catalog: plan }) })
    expect(await runOn('service-catalog', empty)).toMatchObject({ status: 'failed', message: 'it lists nothing' })
    expect((await runOn('service-catalog', createFixtureNode())).status).toBe('fine')
  })

  test('processes are found broken when none can start', async () => {
    const module = new URL('none.ts', import.meta.url)
    const children = createChildPool({ start: startChild, module, memoryMb: 64, clock: systemClock })
    const lanes = { worker: { concurrency: 1, queue: 1, children } }
    const node = createFixtureNode({ categories: [dataProcessingTools], lanes })
    expect(await runOn('service-processes', node)).toMatchObject({ status: 'failed', cure: expect.any(String) })
    await children.stop()
  })

  test('each is broken by a test here', () => {
    const broken = [...KEEPING, 'catalog', 'processes'].map(name => `service-${name}`)
    expect(selfTests.map(({ id }) => id).sort()).toEqual(broken.sort())
  })

  test('say why when no node starts', async () => {
    await using world = await createWorld()
    world.machine.temporaryDirectory = join(world.cwd, 'none')
    expect((await run(world)).get('service-node')).toMatchObject({ status: 'failed', cure: expect.any(String) })
  })
})

test('as JSON the findings are for programs, and the exit code tells whether something failed', async () => {
  await using workspace = await createWorkspace()
  const well = await runCli(workspace, ['doctor', '--json', '--quick', '--config', join(workspace.cwd, 'none.yaml')])
  const { ok, checks } = JSON.parse(well.stdout)
  expect([well.code, ok]).toEqual([1, false])
  expect(checks.find(({ id }: Report) => id === 'settings')).toMatchObject({ status: 'failed' })
  const people = await runCli(workspace, ['doctor', '--quick'], { IPFS_DATASETS_MCP_SERVER_PORT: '0' })
  expect(people.stdout).toMatch(/\d+ checks: \d+ ok/)
})
