import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, hasCode } from '../../core/errors.ts'
import type { DataDirectory } from './api.ts'

/** Of the data directories that this program reads and makes. */
export const FORMAT_VERSION = 1
/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing NUL included. */
export const MAX_SOCKET_PATH_BYTES = 103

export function openDataDirectory(path: string): DataDirectory {
  const socketPath = join(path, 'node.sock')
  let lock: { close(): void } | undefined
  let claiming: Promise<boolean> | undefined

  async function take(): Promise<boolean> {
    await prepare(path, socketPath)
    lock = await takeLock(join(path, 'owner.lock'))
    return lock !== undefined
  }

  return {
    path,
    socketPath,
    async claim() {
      if (lock) return true
      // Two at once would lock each other out, and the process itself with them.
      claiming ??= take().finally(() => {
        claiming = undefined
      })
      return await claiming
    },
    release() {
      lock?.close()
      lock = undefined
    }
  }
}

async function prepare(path: string, socketPath: string): Promise<void> {
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH_BYTES) {
    throw new AppError(
      'CONFIG_INVALID',
      `The path of the data directory is too long for a socket: ${path}; choose a shorter one`
    )
  }
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
  const file = join(path, 'version')
  const found = await readVersion(file)
  if (found === undefined) {
    await writeFile(`${file}.new`, `${FORMAT_VERSION}\n`)
    await rename(`${file}.new`, file)
  } else if (found !== FORMAT_VERSION) {
    throw new AppError(
      'DATA_DIRECTORY_VERSION',
      `${path} has format version ${found}; this program reads ${FORMAT_VERSION}: use the program that wrote it, or another directory`
    )
  }
}

async function readVersion(file: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(file, 'utf8'), 10)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

/**
 * Node has no file locks of its own, SQLite has: an exclusive transaction holds one on its file until the connection or
 * the process ends. Nothing is ever written to it.
 */
async function takeLock(file: string): Promise<{ close(): void } | undefined> {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    await chmod(file, 0o600)
    return database
  } catch (error) {
    database.close()
    if (isLocked(error)) return undefined
    throw error
  }
}

const SQLITE_BUSY = 5

function isLocked(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY
}
