/** Writing files so that what is seen after a power cut is the whole file or none. */
import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** A new file whose bytes are on the disk when this resolves. Its name is not until the directory is synced. */
export async function writeSynced(path: string, bytes: Uint8Array | string): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes beside, then renames: a reader never sees a part, and no name ever stands for bytes that are not on the disk. */
export async function replaceFile(path: string, bytes: Uint8Array | string, partialDirectory: string): Promise<void> {
  const partial = join(partialDirectory, randomUUID())
  try {
    await writeSynced(partial, bytes)
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

/** Makes the names in a directory durable: new, renamed and removed ones. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
