/** The cache: files below a directory, or memory where none is given. */
import type { Clock } from '../../core/clock.ts'
import type { Cache, CacheLimits } from './api.ts'
import { createCacheOver } from './cache.ts'
import { createEntryFiles } from './entry-files.ts'
import { createMemoryEntries } from './memory.ts'

export interface CreateCacheOptions {
  directory?: string
  clock: Clock
  limits: CacheLimits
}

export function createCache({ directory, clock, limits }: CreateCacheOptions): Cache {
  const entries = directory === undefined ? createMemoryEntries() : createEntryFiles(directory)
  return createCacheOver({ entries, clock, limits })
}
