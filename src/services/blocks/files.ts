/**
 * Blocks and pins as files: `blocks/<last two characters>/<multihash>.data`, `pins/<cid>`, and `partial/` for what is being
 * written, emptied at start. All three must lie on one file system, since a rename moves things between them.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createBlockFiles } from './block-files.ts'
import { createPinFiles } from './pin-files.ts'
import type { BlockStorage } from './storage.ts'
import { syncDirectory } from './synced-file.ts'

export function createFileStorage(directory: string): BlockStorage {
  const root = resolve(directory)
  const partial = join(root, 'partial')
  const blocksDirectory = join(root, 'blocks')
  const pinsDirectory = join(root, 'pins')
  const files = createBlockFiles(blocksDirectory, partial)

  return {
    blocks: files.blocks,
    sync: files.sync,
    stage: files.stage,
    sizeOf: files.sizeOf,
    pins: createPinFiles(pinsDirectory, partial),
    async open() {
      await rm(partial, { recursive: true, force: true })
      for (const path of [partial, blocksDirectory, pinsDirectory]) await mkdir(path, { recursive: true, mode: 0o700 })
      // A killed process may have left blocks whose names are not yet durable; from here on they count as stored.
      for (const shard of await readdir(blocksDirectory)) await syncDirectory(join(blocksDirectory, shard))
      for (const path of [blocksDirectory, root]) await syncDirectory(path)
    }
  }
}
