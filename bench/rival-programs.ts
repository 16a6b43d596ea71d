/** Servers that rivals need, as processes of the bench's own: on a socket in a directory of its own, every commit synced. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const START_LIMIT_MS = 30_000
const POSTGRES_VERSIONS = '/usr/lib/postgresql'

/** Why a rival cannot run here. */
export class Absent extends Error {}

/** Answers the path of its socket. */
export async function startRedis(own: AsyncDisposableStack): Promise<string> {
  const program = find('redis-server', path())
  const directory = await place(own)
  const socket = join(directory, 'redis.sock')
  const settings = { port: '0', unixsocket: socket, dir: directory, appendonly: 'yes', appendfsync: 'always', save: '' }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const server = spawn(program, args, { stdio: 'ignore' })
  own.defer(() => end(server, 'SIGTERM'))
  await untilReady(server, async () => existsSync(socket))
  return socket
}

/** Answers the directory of its socket; the user `bench` may do everything in the database `postgres`. */
export async function startPostgres(own: AsyncDisposableStack): Promise<string> {
  const versions = existsSync(POSTGRES_VERSIONS) ? readdirSync(POSTGRES_VERSIONS) : []
  const places = [...versions.map(version => join(POSTGRES_VERSIONS, version, 'bin')), ...path()]
  const program = find('postgres', places)
  const user = unprivileged()
  const directory = await place(own, user)
  const data = join(directory, 'data')
  await promisify(execFile)(
    find('initdb', places),
    ['--pgdata', data, '--auth', 'trust', '--username', 'bench', '--encoding', 'UTF8'],
    { ...user, cwd: directory }
  )
  const settings = { listen_addresses: '', unix_socket_directories: directory, synchronous_commit: 'on', fsync: 'on' }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(program, ['-D', data, ...args], { ...user, cwd: directory, stdio: 'ignore' })
  // It ends its sessions too.
  own.defer(() => end(server, 'SIGINT'))
  const ask = promisify(execFile)
  await untilReady(server, () =>
    ask(find('pg_isready', places), ['--host', directory]).then(
      () => true,
      () => false
    )
  )
  return directory
}

const path = () => (process.env.PATH ?? '').split(delimiter)

function find(name: string, places: readonly string[]): string {
  const found = places.map(directory => join(directory, name)).find(file => existsSync(file))
  if (found === undefined) throw new Absent(`${name} is not installed`)
  return found
}

interface User {
  uid?: number
  gid?: number
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): User {
  if (process.getuid?.() !== 0) return {}
  const line = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m)
  if (!line) throw new Absent('this is root, and there is no user postgres to run PostgreSQL as')
  return { uid: Number(line[1]), gid: Number(line[2]) }
}

async function place(own: AsyncDisposableStack, { uid, gid }: User = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-rival-'))
  own.defer(() => rm(directory, { recursive: true, force: true }))
  if (uid !== undefined && gid !== undefined) await chown(directory, uid, gid)
  return directory
}

async function untilReady(server: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  let failure: Error | undefined
  server.once('error', error => {
    failure = error
  })
  for (const giveUpAt = performance.now() + START_LIMIT_MS; !(await isReady()); await sleep(20)) {
    if (failure ?? (server.exitCode !== null || performance.now() > giveUpAt)) {
      throw new Absent(`${server.spawnfile} did not start: ${failure?.message ?? `it ended with ${server.exitCode}`}`)
    }
  }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill(signal)
  await ended
}
