/** Blocks in memory: complete and gone with the process. */
import { MemoryBlockstore } from 'blockstore-core'
import type { CID } from '../../core/cid.ts'
import type { Pin } from './api.ts'
import { type BlockStorage, keyOf, type Stage } from './storage.ts'

export function createMemoryStorage(): BlockStorage {
  const blocks = new MemoryBlockstore()
  const pins = new Map<string, Pin>()
  return {
    blocks,
    open: async () => {},
    sync: async () => {},
    stage: async () => createStage(blocks),
    sizeOf: async cid => {
      let size = 0
      if (await blocks.has(cid)) for await (const part of blocks.get(cid)) size += part.byteLength
      return size
    },
    pins: {
      load: async () => [...pins.values()],
      save: async pin => void pins.set(pin.cid.toString(), pin),
      remove: async cid => void pins.delete(cid.toString())
    }
  }
}

function createStage(blocks: MemoryBlockstore): Stage {
  const staged = new Map<string, { cid: CID; bytes: Uint8Array }>()
  return {
    put: async (cid, bytes) => void staged.set(keyOf(cid), { cid, bytes }),
    get: async cid => staged.get(keyOf(cid))?.bytes,
    publish: async () => {
      for (const { cid, bytes } of staged.values()) await blocks.put(cid, bytes)
    },
    [Symbol.asyncDispose]: async () => staged.clear()
  }
}
