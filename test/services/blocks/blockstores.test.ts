import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { interfaceBlockstoreTests } from 'interface-blockstore-tests'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CID, CODEC, cidOf, HASH } from '../../../src/core/cid.ts'
import { createFileStorage } from '../../../src/services/blocks/files.ts'
import { createMemoryStorage } from '../../../src/services/blocks/memory.ts'

// The suite is written for mocha, whose words are global.
Object.assign(globalThis, { describe, it, beforeEach, afterEach })

describe('the blockstore in memory', () => {
  interfaceBlockstoreTests({ setup: () => createMemoryStorage().blocks, teardown: () => {} })
})

describe('the blockstore in files', () => {
  let directory: string
  const open = async () => {
    directory = await mkdtemp(join(tmpdir(), 'blocks-'))
    const storage = createFileStorage(directory)
    await storage.open()
    return storage.blocks
  }
  const remove = () => rm(directory, { recursive: true, force: true })

  interfaceBlockstoreTests({ setup: open, teardown: remove })

  it('lists blocks under every hash function that it stores', async () => {
    const blocks = await open()
    const cids = [HASH.sha256, HASH.sha512].map(hash => cidOf(Buffer.from('x'), CODEC.raw, hash))
    for (const cid of cids) await blocks.put(cid, Buffer.from('x'))
    const listed: CID[] = []
    for await (const { cid } of blocks.getAll()) listed.push(cid)
    expect(listed.map(String).sort()).toEqual(cids.map(String).sort())
    await remove()
  })
})
