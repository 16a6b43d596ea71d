import { describe, expect, test } from 'vitest'
import { parseCid } from '../../../src/core/cid.ts'
import { CHUNK, type CreateBlocks, collect, failing, HELLO, noise, stream, text } from './content.ts'

export function pinsSuite(create: CreateBlocks): void {
  describe('pins and garbage', () => {
    test('a recursive pin keeps everything below it and nothing else', async () => {
      await using it = await create()
      const { blocks } = it
      const kept = await blocks.addDirectory([{ path: 'big', content: [noise(3 * CHUNK)] }], { pin: 'recursive' })
      await blocks.addFile([noise(CHUNK + 5, 9)])
      const planned = await blocks.gc({ dryRun: true })
      expect(planned).toMatchObject({ removedBlocks: 3, keptBlocks: 5 })
      expect(await blocks.gc()).toEqual(planned)
      expect(planned.removedBytes).toBeGreaterThan(CHUNK + 5)
      expect(await blocks.stat(kept.cid)).toMatchObject({ blocks: 5, isComplete: true })
      await blocks.unpin(kept.cid)
      expect(await blocks.gc()).toMatchObject({ removedBlocks: 5, keptBlocks: 0 })
    })

    test('a direct pin keeps its block alone; stat then says that the rest is missing', async () => {
      await using it = await create()
      const { cid } = await it.blocks.addFile([noise(3 * CHUNK)], { pin: 'direct' })
      expect(await it.blocks.gc()).toMatchObject({ removedBlocks: 3, keptBlocks: 1 })
      expect(await it.blocks.stat(cid)).toMatchObject({ blocks: 1, isComplete: false, sizeBytes: 3 * CHUNK })
      await expect(it.blocks.pin(cid)).rejects.toEqual(failing('NOT_FOUND'))
      await expect(collect(it.blocks.cat(cid))).rejects.toEqual(failing('NOT_FOUND'))
    })

    test('are listed in the order of their text, by type, in pages', async () => {
      await using it = await create()
      const cids: string[] = []
      for (let index = 0; index < 9; index++) {
        const type = index % 3 === 0 ? 'direct' : 'recursive'
        cids.push(String((await it.blocks.addFile(text(`pin ${index}`), { pin: type })).cid))
      }
      cids.sort()
      const first = await it.blocks.listPins({ limit: 4 })
      expect(first.pins.map(({ cid }) => String(cid))).toEqual(cids.slice(0, 4))
      expect(first.total).toBe(9)
      const rest = await it.blocks.listPins({ after: cids[3] ?? '' })
      expect(rest.pins.map(({ cid }) => String(cid))).toEqual(cids.slice(4))
      expect((await it.blocks.listPins({ type: 'direct' })).total).toBe(3)
    })

    test('once, twice and not at all: pinning again is fine, unpinning again is not', async () => {
      await using it = await create()
      const { cid } = await it.blocks.addFile(text('x'))
      await it.blocks.pin(cid, { type: 'direct' })
      await it.blocks.pin(cid)
      await it.blocks.pin(cid, { type: 'direct' })
      const { pins } = await it.blocks.listPins()
      expect(pins.map(pin => [String(pin.cid), pin.type])).toEqual([[String(cid), 'recursive']])
      await it.blocks.unpin(cid)
      await expect(it.blocks.unpin(cid)).rejects.toEqual(failing('NOT_FOUND'))
      await expect(it.blocks.pin(parseCid(HELLO), { type: 'direct' })).rejects.toEqual(failing('NOT_FOUND'))
    })

    test('a hold keeps what was added or read during it, and what lies below', async () => {
      await using it = await create()
      const before = await it.blocks.addFile([noise(2 * CHUNK, 3)])
      {
        await using _hold = it.blocks.hold()
        await it.blocks.get(before.cid)
        await it.blocks.dagPut({ during: true })
        expect(await it.blocks.gc()).toMatchObject({ removedBlocks: 0, keptBlocks: 4 })
      }
      expect(await it.blocks.gc()).toMatchObject({ removedBlocks: 4 })
    })

    test('a collection spares a read under way', async () => {
      await using it = await create()
      const content = noise(40 * CHUNK)
      const { cid } = await it.blocks.addFile([content])
      const parts: Uint8Array[] = []
      for await (const part of it.blocks.cat(cid)) {
        if (parts.length === 0) expect(await it.blocks.gc()).toMatchObject({ removedBlocks: 0 })
        parts.push(part)
      }
      expect(Buffer.concat(parts).equals(content)).toBe(true)
      expect(await it.blocks.gc()).toMatchObject({ removedBlocks: 41 })
    })

    test('a collection spares an add under way, also of blocks that were garbage before', async () => {
      await using it = await create()
      const content = noise(6 * CHUNK)
      await it.blocks.addFile([content])
      const source = async function* () {
        for await (const part of stream(content, CHUNK)) {
          yield part
          await it.blocks.gc()
        }
      }
      const { cid } = await it.blocks.addFile(source(), { pin: 'recursive' })
      await it.blocks.gc()
      expect((await collect(it.blocks.cat(cid))).equals(content)).toBe(true)
    })

    test('collections among adders and removers never take a pinned block', async () => {
      await using it = await create()
      const work = Array.from({ length: 12 }, async (_, index) => {
        const content = noise(2 * CHUNK, 1 + (index % 4))
        const { cid } = await it.blocks.addFile([content], { pin: 'recursive' })
        await it.blocks.gc()
        expect((await it.blocks.stat(cid)).isComplete).toBe(true)
      })
      await Promise.all(work)
      expect(await it.blocks.gc()).toMatchObject({ removedBlocks: 0, keptBlocks: 12 })
    })
  })
}
