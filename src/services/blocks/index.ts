/** Picks the storage: files below a directory, or memory where none is given. */
import type { Blocks } from './api.ts'
import { createBlockService } from './blocks.ts'

export interface BlocksConfig {
  /** Where blocks and pins lie. Created when it does not exist. */
  directory?: string
}

export function createBlocks({ directory }: BlocksConfig = {}): Blocks {
  return createBlockService(async () =>
    directory === undefined
      ? (await import('./memory.ts')).createMemoryStorage()
      : (await import('./files.ts')).createFileStorage(directory)
  )
}
