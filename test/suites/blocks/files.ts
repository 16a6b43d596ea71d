import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CODEC, HASH } from '../../../src/core/cid.ts'
import {
  CHUNK,
  type CreateBlocks,
  collect,
  countOf,
  EMPTY_DIRECTORY,
  EMPTY_FILE,
  failing,
  HELLO,
  noise,
  stream,
  text
} from './content.ts'

export function filesSuite(create: CreateBlocks): void {
  describe('adding and reading files', () => {
    test('gives the CIDs that Kubo gives', async () => {
      await using it = await create()
      const { blocks } = it
      expect(String((await blocks.addFile(text('hello world'))).cid)).toBe(HELLO)
      expect(String((await blocks.addFile([])).cid)).toBe(EMPTY_FILE)
      expect(String((await blocks.addDirectory([])).cid)).toBe(EMPTY_DIRECTORY)
    })

    test('makes one raw block of a file of one chunk, and a tree of a longer one', async () => {
      await using it = await create()
      expect((await it.blocks.addFile([noise(CHUNK)])).cid.code).toBe(CODEC.raw)
      expect((await it.blocks.addFile([noise(CHUNK + 1)])).cid.code).toBe(CODEC.dagPb)
    })

    test('gives back every byte of a file of two levels, however it was cut when it came', async () => {
      await using it = await create()
      const content = noise(175 * CHUNK + 3)
      const added = await it.blocks.addFile(stream(content, 1_000_003))
      expect(added).toMatchObject({ sizeBytes: content.length, files: 1 })
      expect((await it.blocks.addFile([content])).cid.equals(added.cid)).toBe(true)
      expect((await collect(it.blocks.cat(added.cid))).equals(content)).toBe(true)
    })

    test('reads exactly the bytes of a range, over the ends as well', async () => {
      await using it = await create()
      const content = noise(3 * CHUNK)
      const { cid } = await it.blocks.addFile([content])
      await fc.assert(
        fc.asyncProperty(fc.nat(4 * CHUNK), fc.nat(4 * CHUNK), async (offset, length) => {
          const read = await collect(it.blocks.cat(cid, [], { offset, length }))
          expect(read.equals(content.subarray(offset, offset + length))).toBe(true)
        }),
        { numRuns: 40 }
      )
      await expect(collect(it.blocks.cat(cid, [], { offset: -1 }))).rejects.toEqual(failing('INVALID_INPUT'))
    })

    test('adds and reads back any bytes', async () => {
      await using it = await create()
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), async chunks => {
          const { cid } = await it.blocks.addFile(chunks)
          expect((await collect(it.blocks.cat(cid))).equals(Buffer.concat(chunks))).toBe(true)
        }),
        { numRuns: 25 }
      )
    })

    test('hashes with sha2-512 where asked, all the way down', async () => {
      await using it = await create()
      const content = noise(2 * CHUNK + 1)
      const { cid } = await it.blocks.addFile([content], { hashAlgo: 'sha2-512', pin: 'recursive' })
      expect(cid.multihash.code).toBe(HASH.sha512)
      expect((await collect(it.blocks.cat(cid))).equals(content)).toBe(true)
      await it.blocks.gc()
      expect(await it.blocks.stat(cid)).toMatchObject({ blocks: 4, isComplete: true, sizeBytes: content.length })
      expect(await countOf(it.blocks)).toBe(4)
    })

    test('reports progress and ends with the reason when aborted, before and during, with nothing pinned', async () => {
      await using it = await create()
      const reason = new Error('enough')
      await expect(it.blocks.addFile(text('x'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      const controller = new AbortController()
      const seen: number[] = []
      const adding = it.blocks.addFile(stream(noise(4 * CHUNK)), {
        pin: 'recursive',
        signal: controller.signal,
        onProgress: done => {
          seen.push(done)
          if (done > 2 * CHUNK) controller.abort(reason)
        }
      })
      await expect(adding).rejects.toBe(reason)
      expect(seen[0]).toBe(65_536)
      expect(await it.blocks.listPins()).toEqual({ pins: [], total: 0 })
    })

    test('ends a read with the reason when it is aborted between two chunks', async () => {
      await using it = await create()
      const { cid } = await it.blocks.addFile([noise(20 * CHUNK)])
      const controller = new AbortController()
      const reading = (async () => {
        for await (const _ of it.blocks.cat(cid, [], { signal: controller.signal })) controller.abort(new Error('stop'))
      })()
      await expect(reading).rejects.toThrow('stop')
    })

    test('a source that fails fails the add, with nothing pinned', async () => {
      await using it = await create()
      const source = async function* () {
        yield noise(3 * CHUNK)
        throw new Error('the disk came loose')
      }
      await expect(it.blocks.addFile(source(), { pin: 'recursive' })).rejects.toThrow('came loose')
      expect((await it.blocks.listPins()).total).toBe(0)
      expect((await it.blocks.gc()).keptBlocks).toBe(0)
    })

    test('takes many callers with the same and with different content at once', async () => {
      await using it = await create()
      const contents = Array.from({ length: 24 }, (_, index) => noise(CHUNK + 10, 1 + (index % 6)))
      const added = await Promise.all(contents.map(content => it.blocks.addFile([content], { pin: 'recursive' })))
      expect((await it.blocks.listPins()).total).toBe(6)
      await Promise.all(
        added.map(async ({ cid }, index) => {
          expect((await collect(it.blocks.cat(cid))).equals(contents[index] ?? Buffer.alloc(0))).toBe(true)
        })
      )
    })
  })

  describe('directories', () => {
    const files = [
      { path: 'b.txt', content: text('bee') },
      { path: 'sub/deep/a.txt', content: text('hello world') },
      { path: 'sub/big', content: [noise(CHUNK + 1)] }
    ]

    test('have the same CID whatever order their files come in', async () => {
      await using it = await create()
      const one = await it.blocks.addDirectory(files)
      const other = await it.blocks.addDirectory(files.toReversed())
      expect(one.cid.equals(other.cid)).toBe(true)
      expect(one).toMatchObject({ files: 3, sizeBytes: 3 + 11 + CHUNK + 1 })
    })

    test('are listed with kinds and sizes of content, and read by path', async () => {
      await using it = await create()
      const { cid, sizeBytes } = await it.blocks.addDirectory(files)
      const entries = await Array.fromAsync(it.blocks.ls(cid))
      expect(entries.map(({ cid: _, ...entry }) => entry)).toEqual([
        { name: 'b.txt', type: 'raw', sizeBytes: 3 },
        { name: 'sub', type: 'directory', sizeBytes: 11 + CHUNK + 1 }
      ])
      expect((await collect(it.blocks.cat(cid, ['sub', 'deep', 'a.txt']))).toString()).toBe('hello world')
      expect(await it.blocks.stat(cid)).toMatchObject({ type: 'directory', codec: 'dag-pb', sizeBytes, blocks: 8 })
      expect(await it.blocks.stat(cid, ['sub', 'big'])).toMatchObject({ type: 'file', sizeBytes: CHUNK + 1 })
    })

    test('say what is wrong with a path that leads nowhere, or to the wrong kind', async () => {
      await using it = await create()
      const { cid } = await it.blocks.addDirectory(files)
      const list = (path: string[]) => Array.fromAsync(it.blocks.ls(cid, path))
      await expect(list(['none'])).rejects.toEqual(failing('NOT_FOUND'))
      await expect(list(['sub', 'big'])).rejects.toEqual(failing('INVALID_INPUT'))
      await expect(collect(it.blocks.cat(cid, ['sub']))).rejects.toEqual(failing('INVALID_INPUT'))
      await expect(collect(it.blocks.cat(cid, ['sub', 'big', 'below']))).rejects.toEqual(failing('NOT_FOUND'))
      await expect(collect(it.blocks.cat(cid, ['b.txt', 'below']))).rejects.toEqual(failing('NOT_FOUND'))
    })

    test.each(['../up', '/abs', 'a//b', './a', 'a/', '', 'a\\/b'])('refuse the path %j', async path => {
      await using it = await create()
      const adding = it.blocks.addDirectory([{ path, content: text('x') }])
      await expect(adding).rejects.toEqual(failing('INVALID_INPUT'))
    })

    test('refuse a path that comes twice or is a file and a directory', async () => {
      await using it = await create()
      for (const paths of [
        ['a', 'a'],
        ['a', 'a/b'],
        ['a/b', 'a']
      ]) {
        const entries = paths.map(path => ({ path, content: text('x') }))
        await expect(it.blocks.addDirectory(entries)).rejects.toEqual(failing('INVALID_INPUT'))
      }
    })

    test('of thousands of files are sharded, and still listed whole and read by path', async () => {
      await using it = await create()
      const many = Array.from({ length: 6000 }, (_, index) => ({ path: `file-${index}.txt`, content: text('same') }))
      const { cid } = await it.blocks.addDirectory(many, { pin: 'recursive' })
      const names = (await Array.fromAsync(it.blocks.ls(cid))).map(entry => entry.name)
      expect(names.sort()).toEqual(many.map(({ path }) => path).sort())
      expect((await collect(it.blocks.cat(cid, ['file-4321.txt']))).toString()).toBe('same')
      await expect(collect(it.blocks.cat(cid, ['file-6000.txt']))).rejects.toEqual(failing('NOT_FOUND'))
    })
  })
}
