/** A store that forgets everything at its end: for a queue that needs no disk. */
import { beginAnew } from './logic/begin-anew.ts'
import { execute } from './logic/execute.ts'
import { answer } from './logic/read.ts'
import { createMemoryTables } from './memory-tables.ts'
import type { QueueStore } from './store.ts'
import { nextEpoch } from './token.ts'

export function createMemoryStore(): QueueStore {
  let tables = createMemoryTables()
  return {
    async open(time) {
      const image = tables.image()
      tables = createMemoryTables({ ...image, epoch: nextEpoch(image.epoch, time.now) })
      beginAnew(tables, time)
    },
    commit: async (batch, time) => execute(tables, batch, time),
    read: async query => answer(tables, query),
    close: async () => {}
  }
}
