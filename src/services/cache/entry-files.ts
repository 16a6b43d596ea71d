/**
 * One file an entry. It is written beside and renamed, without a sync: after a power cut an entry may be lost or cut, which reading
 * it back tells, and a cache may lose what it holds.
 */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, hasCode } from '../../core/errors.ts'
import { type EntryStore, parseEntry, type StoredEntry } from './entry-store.ts'

const EXTENSION = '.json'
/** Of a namespace, unless it is the default one, and of a key. */
const NAME = /^([0-9a-f]{32}\.)?[0-9a-f]{64}$/

export function createEntryFiles(directory: string): EntryStore {
  const partial = join(directory, 'partial')
  const pathOf = (name: string) => join(directory, name + EXTENSION)

  return {
    async open() {
      await rm(partial, { recursive: true, force: true })
      await mkdir(partial, { recursive: true, mode: 0o700 })
      const found: (StoredEntry & { writtenAt: number })[] = []
      for (const file of await readdir(directory)) {
        const name = file.slice(0, -EXTENSION.length)
        if (!file.endsWith(EXTENSION) || !NAME.test(name)) continue
        const { size, mtimeMs } = await stat(pathOf(name))
        found.push({ name, bytes: size, writtenAt: mtimeMs })
      }
      return found.sort((a, b) => a.writtenAt - b.writtenAt)
    },

    async read(name) {
      try {
        return parseEntry(await readFile(pathOf(name), 'utf8'))
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined
        throw failed(error)
      }
    },

    async write(name, text) {
      const written = join(partial, name)
      try {
        await writeFile(written, text, { mode: 0o600 })
        await rename(written, pathOf(name))
      } catch (error) {
        await rm(written, { force: true })
        throw failed(error)
      }
    },

    remove: name => rm(pathOf(name), { force: true })
  }
}

function failed(error: unknown): unknown {
  if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) return error
  return new AppError('STORAGE_FAILED', 'The disk failed under the cache; its value is unknown until asked', {
    cause: error
  })
}
