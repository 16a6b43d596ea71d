/** Output that appears whole or not at all: a temporary sibling, synced, then moved into place. */
import { constants } from 'node:fs'
import { type FileHandle, link, lstat, open, readdir, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, hasCode } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { OutputFile } from './api.ts'
import { fileError, quote } from './file-error.ts'
import { notRegular, type OpenDirectory } from './handles.ts'
import { sizeOf, writeAhead, writeParts } from './write-parts.ts'

const PARTIAL = /^\.ipfs-datasets-[0-9a-f-]+\.partial$/
/** An output still being written is touched far more often than this. */
const STALE_AFTER_MS = 3_600_000

export const isPartial = (name: string) => PARTIAL.test(name)

export interface OutputTarget {
  directory: OpenDirectory
  name: string
  /** What the caller called it. */
  path: string
  overwrite: boolean
}

/** Takes over the directory handle. */
export async function createOutput(target: OutputTarget, random: Random, now: number): Promise<OutputFile> {
  const { directory, path } = target
  const partial = `.ipfs-datasets-${random.uuid()}.partial`
  try {
    const mode = await modeOfExisting(target)
    await removeStale(directory, now)
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    return toOutput(target, partial, await open(directory.at(partial), flags, mode ?? 0o666))
  } catch (error) {
    await directory[Symbol.asyncDispose]()
    throw fileError(error, path)
  }
}

function toOutput({ directory, name, path, overwrite }: OutputTarget, partial: string, handle: FileHandle): OutputFile {
  const place = join(directory.path, name)
  let state: 'open' | 'failed' | 'committed' | 'disposed' = 'open'
  let sizeBytes = 0

  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state !== 'open') throw new Error(`The output ${quote(path)} is ${state}`)
    try {
      return await work()
    } catch (error) {
      state = 'failed'
      throw fileError(error, path)
    }
  }

  const write = (bytes: Uint8Array | readonly Uint8Array[]) =>
    guard(async () => {
      const parts = bytes instanceof Uint8Array ? [bytes] : bytes
      await writeParts(handle, parts, sizeBytes)
      sizeBytes += sizeOf(parts)
    })

  return {
    path: place,
    write,
    writeAll: chunks => writeAhead(chunks, write),

    rewrite: (position, bytes) =>
      guard(async () => {
        if (position + bytes.length > sizeBytes) throw new Error('Only what was written can be rewritten')
        await writeParts(handle, [bytes], position)
      }),

    commit: () =>
      guard(async () => {
        await handle.sync()
        const [from, to] = [directory.at(partial), directory.at(name)]
        await (overwrite ? rename(from, to) : linkIntoPlace(from, to, path))
        await directory.handle.sync()
        state = 'committed'
        return { path: place, sizeBytes }
      }),

    async [Symbol.asyncDispose]() {
      if (state === 'disposed') return
      const isLeftOver = state !== 'committed'
      state = 'disposed'
      await handle.close()
      if (isLeftOver) await unlink(directory.at(partial)).catch(ignoreMissing)
      await directory[Symbol.asyncDispose]()
    }
  }
}

/** The permissions to keep when a file is replaced. Throws where nothing may be written. */
async function modeOfExisting({ directory, name, path, overwrite }: OutputTarget): Promise<number | undefined> {
  const stats = await lstat(directory.at(name)).catch(ignoreMissing)
  if (!stats) return undefined
  if (!stats.isFile()) throw notRegular(path)
  if (!overwrite) throw fileError({ code: 'EEXIST' }, path)
  return stats.mode & 0o777
}

/** Renaming would replace a file that appeared meanwhile; a second link never does. */
async function linkIntoPlace(from: string, to: string, path: string): Promise<void> {
  await link(from, to).catch(cause => {
    if (!hasCode(cause, 'EPERM') && !hasCode(cause, 'ENOTSUP')) throw cause
    const cure = 'this file system has no hard links, so a new file cannot be placed safely; allow overwriting instead'
    throw new AppError('UNSUPPORTED', `${quote(path)}: ${cure}`, { cause })
  })
  await unlink(from)
}

async function removeStale(directory: OpenDirectory, now: number): Promise<void> {
  for (const name of (await readdir(directory.at())).filter(isPartial)) {
    const stats = await lstat(directory.at(name)).catch(ignoreMissing)
    if (stats && now - stats.mtimeMs > STALE_AFTER_MS) await unlink(directory.at(name)).catch(ignoreMissing)
  }
}

function ignoreMissing(error: unknown): undefined {
  if (!hasCode(error, 'ENOENT')) throw error
}
