/** The data directory and the disk that it lies on. */
import { lstat, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { hasCode } from '../../core/errors.ts'
import { FORMAT_VERSION, MAX_SOCKET_PATH_BYTES } from '../../services/directory/index.ts'
import { quoted } from '../shell-words.ts'
import { type Check, failed, fine, skipped, warning, withConfig } from './check.ts'
import { writeProblem } from './machine-checks.ts'

const LOW_SPACE_BYTES = 1024 ** 3
const NO_SPACE_BYTES = 64 * 1024 ** 2
const LOW_FILES = 10_000
/** Clocks of two machines that share a disk may differ by this much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000
/** No call takes this long, so what lies in the scratch folder is left over. */
const SCRATCH_AGE_MS = 2 * 86_400_000

const absent = 'It does not exist yet; the first start makes it'

export const directoryChecks: readonly Check[] = [
  withConfig({
    id: 'data-directory',
    title: 'Data directory',
    async run({ data_dir }) {
      const place = await existing(data_dir)
      const problem = (await stat(place)).isDirectory() ? await writeProblem(place) : `${place} is a file`
      return problem === undefined
        ? fine(place === data_dir ? data_dir : `${data_dir} can be made`)
        : failed(`${data_dir} cannot be used: ${problem}`, `export IPFS_DATASETS_MCP_DATA_DIR="$HOME/ipfs-datasets"`)
    }
  }),
  withConfig({
    id: 'data-directory-private',
    title: 'Nobody else can read the data directory',
    async run({ data_dir }) {
      const found = await stat(data_dir).catch(() => undefined)
      if (!found) return skipped(absent)
      return (found.mode & 0o077) === 0
        ? fine('Only its owner can')
        : failed(`Its mode is ${(found.mode & 0o777).toString(8)}`, `chmod 700 ${quoted(data_dir)}`)
    }
  }),
  withConfig({
    id: 'data-directory-owner',
    title: 'The data directory belongs to this user',
    async run({ data_dir }, { userId }) {
      const found = await stat(data_dir).catch(() => undefined)
      if (!found || userId === undefined) return skipped(found ? 'The system does not tell' : absent)
      return found.uid === userId
        ? fine(`User ${userId}`)
        : failed(
            `It belongs to user ${found.uid}, and this is ${userId}`,
            `sudo chown -R ${userId} ${quoted(data_dir)}`
          )
    }
  }),
  withConfig({
    id: 'data-directory-version',
    title: 'Format of the data directory',
    async run({ data_dir }) {
      const text = await readFile(join(data_dir, 'version'), 'utf8').catch(() => undefined)
      if (text === undefined) return skipped(absent)
      if (Number.parseInt(text, 10) === FORMAT_VERSION) return fine(`Version ${FORMAT_VERSION}`)
      return failed(
        `It has version ${text.trim().slice(0, 20)}; this program reads ${FORMAT_VERSION}`,
        'npm install --global ipfs-datasets-mcp@latest'
      )
    }
  }),
  withConfig({
    id: 'data-directory-lock',
    title: 'The owner of the data directory answers',
    async run({ data_dir }) {
      const lock = join(data_dir, 'owner.lock')
      if (!(await isLocked(lock))) return fine('Nobody owns it now')
      return (await answers(join(data_dir, 'node.sock')))
        ? fine('A server runs on it and answers')
        : failed('A process owns it and does not answer', `fuser -v ${quoted(lock)}`)
    }
  }),
  withConfig({
    id: 'socket-path',
    title: 'The socket path fits',
    run({ data_dir }) {
      const bytes = Buffer.byteLength(join(data_dir, 'node.sock'))
      return bytes <= MAX_SOCKET_PATH_BYTES
        ? fine(`${bytes} of ${MAX_SOCKET_PATH_BYTES} bytes`)
        : failed(`${bytes} bytes, more than ${MAX_SOCKET_PATH_BYTES}`, 'export IPFS_DATASETS_MCP_DATA_DIR="$HOME/.d"')
    }
  }),
  withConfig({
    id: 'disk-space',
    title: 'Free disk space',
    async run({ data_dir }, machine) {
      const { freeBytes } = await machine.space(await existing(data_dir))
      const said = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB are free`
      if (freeBytes >= LOW_SPACE_BYTES) return fine(said)
      return (freeBytes < NO_SPACE_BYTES ? failed : warning)(said, 'ipfs-datasets-mcp call ipfs_gc')
    }
  }),
  withConfig({
    id: 'disk-files',
    title: 'Room for more files',
    async run({ data_dir }, machine) {
      const { freeFiles } = await machine.space(await existing(data_dir))
      if (freeFiles === undefined) return skipped('The file system has no such limit')
      return freeFiles >= LOW_FILES
        ? fine(`${freeFiles} more`)
        : warning(`Room for ${freeFiles} more files only`, 'ipfs-datasets-mcp call ipfs_gc')
    }
  }),
  withConfig({
    id: 'disk-clock',
    title: 'Files are not from the future',
    async run({ data_dir }, machine) {
      const found = await stat(join(data_dir, 'version')).catch(() => undefined)
      if (!found) return skipped(absent)
      const aheadMs = found.mtimeMs - machine.now()
      return aheadMs <= CLOCK_TOLERANCE_MS
        ? fine('The clock agrees with the disk')
        : warning(`The disk is ${Math.round(aheadMs / 1000)} s ahead of the clock`, 'sudo timedatectl set-ntp true')
    }
  }),
  withConfig({
    id: 'scratch',
    title: 'Nothing is left over',
    async run({ data_dir }, machine) {
      const scratch = join(data_dir, 'scratch')
      const names = await readdir(scratch).catch(() => [])
      const ages = await Promise.all(
        names.map(async name => machine.now() - (await lstat(join(scratch, name))).mtimeMs)
      )
      const old = ages.filter(age => age > SCRATCH_AGE_MS).length
      return old === 0
        ? fine('The scratch folder has nothing old')
        : warning(`${old} old entries in ${scratch}`, `find ${quoted(scratch)} -mindepth 1 -mtime +1 -delete`)
    }
  }),
  withConfig({
    id: 'queue-file',
    title: 'The file of the task queue is whole',
    async run({ data_dir }) {
      const file = join(data_dir, 'queue', 'queue.db')
      if (!(await stat(file).catch(() => undefined))) return skipped('There is no queue yet')
      const problem = await sqliteProblem(file)
      return problem === undefined
        ? fine(file)
        : failed(`${file} is damaged: ${problem}`, `mv ${quoted(dirname(file))} ${quoted(`${dirname(file)}.damaged`)}`)
    }
  }),
  withConfig({
    id: 'disk-rename',
    title: 'The disk keeps what is synced and replaced',
    async run({ data_dir }) {
      const place = await existing(data_dir)
      const problem = await replaceProblem(place)
      return problem === undefined
        ? fine('Written, synced, replaced and read back')
        : failed(problem, 'export IPFS_DATASETS_MCP_DATA_DIR="$HOME/ipfs-datasets"')
    }
  })
]

/** The nearest part of the path that is there. */
async function existing(path: string): Promise<string> {
  for (let place = path; ; place = dirname(place)) {
    if (await stat(place).catch(() => undefined)) return place
    if (dirname(place) === place) return place
  }
}

async function isLocked(file: string): Promise<boolean> {
  if (!(await stat(file).catch(() => undefined))) return false
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE; ROLLBACK')
    return false
  } catch {
    return true
  } finally {
    database.close()
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(socketPath)
    probe.on('error', () => resolve(false))
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
  })
}

async function sqliteProblem(file: string): Promise<string | undefined> {
  const { DatabaseSync } = await import('node:sqlite')
  try {
    using database = new DatabaseSync(file, { readOnly: true })
    const said = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]
    return said === 'ok' ? undefined : String(said)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function replaceProblem(directory: string): Promise<string | undefined> {
  const [from, to] = ['a', 'b'].map(name => join(directory, `.doctor-${name}`)) as [string, string]
  try {
    for (const text of ['old', 'new']) {
      await using file = await open(from, 'w', 0o600)
      await file.writeFile(text)
      await file.sync()
      await rename(from, to)
    }
    return (await readFile(to, 'utf8')) === 'new' ? undefined : 'A replaced file has its old content'
  } catch (error) {
    if (hasCode(error, 'ENOTDIR')) return `${directory} is no directory`
    return error instanceof Error ? error.message : String(error)
  } finally {
    await Promise.all([from, to].map(path => rm(path, { force: true }).catch(() => {})))
  }
}
