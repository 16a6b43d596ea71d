/** Objects in collections: their index in a file below a directory, or in memory where none is given. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import type { Blocks } from '../blocks/api.ts'
import type { Objects } from './api.ts'
import { createFileIndex, createMemoryIndex } from './index-threads.ts'
import { createObjectsOver } from './objects.ts'

export interface ObjectsConfig {
  directory?: string
  blocks: Blocks
  clock: Clock
}

export function createObjects({ directory, blocks, clock }: ObjectsConfig): Objects {
  return createObjectsOver({
    blocks,
    clock,
    async openIndex() {
      if (directory === undefined) return createMemoryIndex()
      await mkdir(directory, { recursive: true, mode: 0o700 })
      return createFileIndex(join(directory, 'index.db'))
    }
  })
}
