/** Picks the storage: a Kubo daemon, files below a directory, or memory where neither is given. */
import type { Blocks } from './api.ts'
import { createBlockService } from './blocks.ts'
import type { KuboSettings } from './kubo/rpc.ts'

export interface BlocksConfig {
  /** Where blocks and pins lie, or with Kubo what is on trial. Created when it does not exist. */
  directory?: string
  /** Keeps blocks and pins in this daemon. Takes a directory as well. */
  kubo?: KuboSettings
}

export function createBlocks({ directory, kubo }: BlocksConfig = {}): Blocks {
  return createBlockService(async () => {
    if (directory === undefined) return (await import('./memory.ts')).createMemoryStorage()
    if (kubo) return (await import('./kubo/storage.ts')).createKuboStorage(kubo, directory)
    return (await import('./files.ts')).createFileStorage(directory)
  })
}
