/** Node, its parts, memory, and what the system allows. */
import { randomUUID } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { quoted } from '../shell-words.ts'
import { type Check, failed, fine, skipped, warning } from './check.ts'

const OLDEST_NODE = 24
const MIN_FREE_MEMORY_BYTES = 256 * 1024 ** 2
const MIN_OPEN_FILES = 1024
/** No release of this program is older; a clock before it was never set. */
const EARLIEST_TIME = Date.UTC(2026, 0, 1)

const part = (id: string, title: string, module: string): Check => ({
  id,
  title,
  async run({ machine }) {
    try {
      await machine.load(module)
      return fine(`${module} loads`)
    } catch (error) {
      const said = error instanceof Error ? error.message.split('\n')[0] : String(error)
      return failed(`${module} does not load: ${said}`, 'npm install --force ipfs-datasets-mcp')
    }
  }
})

export const machineChecks: readonly Check[] = [
  {
    id: 'node-version',
    title: 'Node is new enough',
    run: ({ machine: { nodeVersion } }) =>
      Number.parseInt(nodeVersion, 10) >= OLDEST_NODE
        ? fine(`Node ${nodeVersion}`)
        : failed(`Node ${nodeVersion} is older than ${OLDEST_NODE}`, `npm install --global node@${OLDEST_NODE}`)
  },
  part('sqlite', 'SQLite, for the queue and the lock', 'node:sqlite'),
  part('duckdb', 'DuckDB, for datasets', '@duckdb/node-api'),
  part('arrow', 'Arrow, for datasets', 'apache-arrow'),
  part('http-client', 'The HTTP client, for URLs', 'undici'),
  {
    id: 'memory',
    title: 'Free memory',
    run({ machine }) {
      const free = machine.freeMemoryBytes()
      return free >= MIN_FREE_MEMORY_BYTES
        ? fine(`${Math.round(free / 1024 ** 2)} MiB are free`)
        : warning(
            `Only ${Math.round(free / 1024 ** 2)} MiB are free`,
            'export IPFS_DATASETS_MCP_DUCKDB_MEMORY_LIMIT=128MiB'
          )
    }
  },
  {
    id: 'open-files',
    title: 'Open files',
    async run({ machine }) {
      const limit = await machine.openFileLimit()
      if (limit === undefined) return skipped('The system does not tell')
      return limit >= MIN_OPEN_FILES
        ? fine(`${limit} may be open`)
        : warning(`Only ${limit} files may be open at once`, `ulimit -n ${MIN_OPEN_FILES}`)
    }
  },
  {
    id: 'clock',
    title: 'The clock is set',
    run: ({ machine }) =>
      machine.now() >= EARLIEST_TIME
        ? fine(new Date(machine.now()).toISOString())
        : failed(`The clock says ${new Date(machine.now()).toISOString()}`, 'sudo timedatectl set-ntp true')
  },
  {
    id: 'temporary-directory',
    title: 'Temporary files',
    async run({ machine: { temporaryDirectory } }) {
      const problem = await writeProblem(temporaryDirectory)
      return problem === undefined
        ? fine(temporaryDirectory)
        : failed(`${temporaryDirectory} takes no files: ${problem}`, 'export TMPDIR=/var/tmp')
    }
  },
  {
    id: 'home-directory',
    title: 'Home directory',
    async run({ machine: { home } }) {
      const found = await stat(home).catch(() => undefined)
      return found?.isDirectory() ? fine(home) : failed(`${home} is no directory`, `mkdir -p ${quoted(home)}`)
    }
  },
  {
    id: 'localhost',
    title: 'The name localhost',
    async run({ machine }) {
      const address = await machine.lookup('localhost').catch(() => undefined)
      if (address !== undefined && /^(127\.|::1$)/.test(address)) return fine(`localhost is ${address}`)
      return failed(`localhost is ${address ?? 'unknown'}`, `echo '127.0.0.1 localhost' | sudo tee -a /etc/hosts`)
    }
  },
  {
    id: 'program-npx',
    title: 'npx, with which clients can start this server',
    run: ({ machine }) => findProgram('npx', machine.env.PATH, 'npm install --global npm')
  },
  {
    id: 'program-ipfs',
    title: 'Kubo, another IPFS node beside this one',
    run: ({ machine }) => findProgram('ipfs', machine.env.PATH)
  },
  {
    id: 'program-docker',
    title: 'Docker, to run this server in a container',
    run: ({ machine }) => findProgram('docker', machine.env.PATH)
  }
]

/** Without a cure the program is optional, and its absence no fault. */
async function findProgram(name: string, path = '', cure?: string) {
  for (const folder of path.split(':').filter(part => part !== '')) {
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found?.isFile() && (found.mode & 0o111) !== 0) return fine(join(folder, name))
  }
  return cure === undefined
    ? skipped(`${name} is not on the path; nothing here needs it`)
    : warning(`${name} is not on the path`, cure)
}

/** Writes a file, reads it back and removes it; answers what went wrong. */
export async function writeProblem(directory: string): Promise<string | undefined> {
  const path = join(directory, `.doctor-${randomUUID()}`)
  try {
    await writeFile(path, path, { flush: true, mode: 0o600 })
    return (await readFile(path, 'utf8')) === path ? undefined : 'what was written does not read back'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await rm(path, { force: true }).catch(() => {})
  }
}

/** What keeps a TCP port from being bound, as an error code; undefined if nothing does. */
export function portProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ host, port }, () => server.close(() => resolve(undefined)))
  })
}
