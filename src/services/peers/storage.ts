/** Where identity, trust and the peer book are kept: small files, each whole or as it was before. */
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../../core/errors.ts'

export interface PeerStorage {
  read(name: string): Promise<Uint8Array | undefined>
  /** Durable when it answers. */
  write(name: string, bytes: Uint8Array): Promise<void>
}

/** Files of mode 0600 in a directory of mode 0700. */
export function createFileStorage(directory: string): PeerStorage {
  return {
    async read(name) {
      try {
        return await readFile(join(directory, name))
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined
        throw error
      }
    },
    async write(name, bytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const path = join(directory, name)
      const file = await open(`${path}.new`, 'w', 0o600)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await chmod(`${path}.new`, 0o600)
      await rename(`${path}.new`, path)
    }
  }
}

export function createMemoryStorage(): PeerStorage {
  const files = new Map<string, Uint8Array>()
  return {
    read: async name => files.get(name),
    write: async (name, bytes) => void files.set(name, Uint8Array.from(bytes))
  }
}
