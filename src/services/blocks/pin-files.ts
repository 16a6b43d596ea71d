/** Pins as files: the name is the CID's bytes in base32, the content is the type. */
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { base32 } from 'multiformats/bases/base32'
import { type CID, decodeCid } from '../../core/cid.ts'
import type { Pin } from './api.ts'
import type { PinStorage } from './storage.ts'
import { replaceFile, syncDirectory } from './synced-file.ts'

export function createPinFiles(directory: string, partial: string): PinStorage {
  // Base32 also for CIDs of version 0, whose own text differs in case only and would collide on some file systems.
  const pathOf = (cid: CID) => join(directory, base32.encode(cid.bytes))

  return {
    async load() {
      const pins: Pin[] = []
      for (const name of await readdir(directory)) {
        const cid = parse(name)
        if (!cid) continue
        // Whatever does not say `direct` counts as recursive: keeping too much can be mended, collecting too much cannot.
        const isDirect = (await readFile(join(directory, name), 'utf8')).trim() === 'direct'
        pins.push({ cid, type: isDirect ? 'direct' : 'recursive' })
      }
      return pins
    },
    async save({ cid, type }) {
      await replaceFile(pathOf(cid), `${type}\n`, partial)
      await syncDirectory(directory)
    },
    async remove(cid) {
      await rm(pathOf(cid), { force: true })
      await syncDirectory(directory)
    }
  }
}

/** Editors and file managers leave files of their own; only names that are CIDs are pins. */
function parse(name: string): CID | undefined {
  try {
    return decodeCid(base32.decode(name))
  } catch {
    return undefined
  }
}
