/** A real node in a workspace with bait around it: what an attack must not read, reach, make or break. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import { loadConfig } from '../../src/config.ts'
import { silentLog } from '../../src/core/log.ts'
import type { CallRequest } from '../../src/core/tool.ts'
import { startNode } from '../../src/node.ts'
import { openEngine } from '../../src/services/datasets/engine.ts'
import type { Targets } from './payloads.ts'

/** Only to tell a call that hangs from one that works. */
const HANG_MS = 60_000
/** A refusal is text for a person or a model; more than this is an attack on the reader. */
const MAX_REFUSAL_BYTES = 64 * 1024
/** The envelope around a result. */
const ENVELOPE_BYTES = 1024

export type Call = Pick<CallRequest, 'tool' | 'args'>

export interface Arena extends AsyncDisposable {
  targets: Targets
  cwd: string
  /** Makes the call and answers everything that is wrong with what came of it. */
  attack(call: Call): Promise<{ wrong: string[]; code: string }>
  invoke(call: Call): Promise<Record<string, unknown>>
  /** What is wrong with the world around the workspace, and with what the workspace now holds. */
  inspect(): Promise<string[]>
}

export interface ArenaOptions {
  env?: Record<string, string>
  resultBytes: (tool: string) => number
}

export async function openArena({ env = {}, resultBytes }: ArenaOptions): Promise<Arena> {
  const top = await mkdtemp(join(tmpdir(), 'attacks-'))
  const [cwd, outside, secret] = [join(top, 'workspace'), join(top, 'outside'), randomBytes(12).toString('hex')]
  const canaryFile = join(outside, 'canary.csv')
  const canaryText = `name,secret\nx,${secret}\n`
  await plantBait(cwd, outside, canaryFile, canaryText)
  const server = await listenOnLoopback()
  const flags = { 'data-dir': join(cwd, 'data') }
  const config = await loadConfig({ flags, env, cwd, home: cwd, readFile: async () => '' })
  const node = await startNode(config, { log: silentLog })
  const prototypes = describePrototypes()

  async function invoke({ tool, args }: Call): Promise<Record<string, unknown>> {
    const signal = AbortSignal.timeout(HANG_MS)
    const { envelope } = await node.invoke({ tool, args, evidence: { kind: 'process' }, signal })
    return signal.aborted ? { ...envelope, hung: true } : envelope
  }

  const loaded = await invoke({
    tool: 'load_dataset',
    args: { source: 'people.csv', options: { dataset_id: 'people' } }
  })
  const victim = [{ name: `${'a'.repeat(20_000)}!`, city: 'London', age: 1 }]
  await invoke({ tool: 'load_dataset', args: { source: victim, options: { dataset_id: 'victim' } } })
  const added = await invoke({ tool: 'pin_to_ipfs', args: { content_source: 'people.csv' } })
  if (!loaded.success || !added.success) throw new Error('The arena could not be set up')

  return {
    targets: { canaryFile, outside, port: server.port, cid: String(added.cid) },
    cwd,
    invoke,

    async attack(call) {
      const wrong: string[] = []
      const answer = await invoke(call)
      const text = JSON.stringify(answer)
      if (answer.hung) wrong.push('it hung')
      if (typeof answer.success !== 'boolean' || typeof answer.request_id !== 'string') wrong.push('no envelope')
      if (answer.error === 'INTERNAL') wrong.push('INTERNAL')
      if (disclosed(text, secret)) wrong.push('the answer discloses the canary')
      const limit = answer.success ? resultBytes(innerTool(call)) + ENVELOPE_BYTES : MAX_REFUSAL_BYTES
      if (text.length > limit) wrong.push(`an answer of ${text.length} characters: ${text.slice(0, 200)}`)
      if (server.connections() > 0) wrong.push('a connection reached loopback')
      if (describePrototypes() !== prototypes) wrong.push('a prototype was polluted')
      if (!(await invoke({ tool: 'list_datasets', args: {} })).success) wrong.push('the node no longer serves')
      return { wrong, code: answer.success ? 'success' : String(answer.error) }
    },

    async inspect() {
      const wrong: string[] = []
      if ((await readFile(canaryFile, 'utf8')) !== canaryText) wrong.push('the canary was changed')
      const around = [...(await readdir(top)), ...(await readdir(outside))].sort().join()
      if (around !== 'canary.csv,outside,workspace') wrong.push(`made outside: ${around}`)
      for (const entry of await readdir(cwd, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name)
        if (disclosed(await readFile(path, 'latin1'), secret)) wrong.push(`${path} holds the canary`)
      }
      return wrong
    },

    async [Symbol.asyncDispose]() {
      await node.stop()
      server.close()
      await rm(top, { recursive: true, force: true })
    }
  }
}

async function plantBait(cwd: string, outside: string, canaryFile: string, canaryText: string): Promise<void> {
  await mkdir(cwd)
  await mkdir(outside)
  await writeFile(canaryFile, canaryText)
  await writeFile(join(cwd, 'people.csv'), 'name,city,age\nAda,London,36\nGrace,New York,85\nAlan,London,41\n')
  await symlink(canaryFile, join(cwd, 'link.csv'))
  await symlink(outside, join(cwd, 'door'))
  await symlink('door', join(cwd, 'chain'))
  await symlink('circle', join(cwd, 'circle'))
  await symlink(join(outside, 'new.csv'), join(cwd, 'dangling.csv'))
  await plantBombs(cwd)
  execFileSync('mkfifo', [join(cwd, 'pipe')])
}

/** Small files that hold much: a hundred megabytes of text as Parquet, as many zeros as gzip, and lists in lists. */
async function plantBombs(cwd: string): Promise<void> {
  {
    await using engine = await openEngine({ memoryLimit: '256MB', threads: 1 }, cwd)
    const text = `SELECT repeat('x', 1000) AS a, 1 AS n FROM range(100000)`
    await engine.run(`COPY (${text}) TO '${join(cwd, 'bomb.parquet')}' (FORMAT parquet, COMPRESSION zstd)`)
  }
  const zeros = createGzip()
  const written = writeFile(join(cwd, 'bomb.csv.gz'), zeros)
  for (let part = 0; part < 64; part++) zeros.write(Buffer.alloc(1024 ** 2))
  zeros.end()
  await written
  await writeFile(join(cwd, 'bomb.json'), `${'['.repeat(100_000)}${']'.repeat(100_000)}`)
}

/** One port on every loopback address, counting who comes. */
async function listenOnLoopback() {
  let connections = 0
  const onConnection = (socket: { destroy(): void }) => {
    connections++
    socket.destroy()
  }
  const servers: Server[] = [createServer(onConnection).listen(0, '0.0.0.0')]
  const [first] = servers
  if (!first) throw new Error('There is no server')
  await once(first, 'listening')
  const address = first.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const second = createServer(onConnection)
    .on('error', () => {})
    .listen({ port, host: '::1', ipv6Only: true })
  servers.push(second)
  return {
    port,
    connections: () => connections,
    close() {
      for (const server of servers) server.close()
    }
  }
}

function innerTool({ tool, args }: Call): string {
  return tool === 'tools_dispatch' ? String(Reflect.get(Object(args), 'tool')) : tool
}

/** In the forms that a value can take on its way out. */
function disclosed(text: string, secret: string): boolean {
  const hex = Buffer.from(secret).toString('hex')
  // Base64 of the middle of a text does not depend on what stands around it, for one of three starts.
  const forms = [0, 1, 2].map(start => Buffer.from(secret.slice(start)).toString('base64').slice(0, 24))
  return [secret, hex, ...forms].some(form => text.includes(form))
}

function describePrototypes(): string {
  return [Object, Array, Function, String, Promise, Map]
    .map(({ prototype }) => Reflect.ownKeys(prototype).map(String).join())
    .join(';')
}
