/** What every implementation of `Blocks` does. Each test gets a store of its own, started and empty. */
import { CarBufferReader } from '@ipld/car/buffer-reader'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CODEC, cidOf, HASH, parseCid } from '../../src/core/cid.ts'
import type { Blocks } from '../../src/services/blocks/api.ts'

export interface BlocksUnderTest extends AsyncDisposable {
  blocks: Blocks
}

const HELLO = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const EMPTY_FILE = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const EMPTY_DIRECTORY = 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354'
const CHUNK = 256 * 1024

export const text = (content: string) => [Buffer.from(content)]

/** Bytes that differ everywhere, the same on every run. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source))
}

async function* stream(bytes: Uint8Array, step = 65_536) {
  for (let start = 0; start < bytes.byteLength; start += step) yield bytes.subarray(start, start + step)
}

const failing = (code: string) => expect.objectContaining({ code })
const countOf = async (blocks: Blocks) => {
  const { removedBlocks, keptBlocks } = await blocks.gc({ dryRun: true })
  return removedBlocks + keptBlocks
}

export function blocksSuite(name: string, create: () => Promise<BlocksUnderTest>): void {
  describe(name, () => {
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
          for await (const _ of it.blocks.cat(cid, [], { signal: controller.signal }))
            controller.abort(new Error('stop'))
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

    describe('single blocks', () => {
      test('are stored under their CID only', async () => {
        await using it = await create()
        const cid = parseCid(HELLO)
        expect(await it.blocks.has(cid)).toBe(false)
        await expect(it.blocks.get(cid)).rejects.toEqual(failing('NOT_FOUND'))
        await expect(it.blocks.put(cid, Buffer.from('hello World'))).rejects.toEqual(failing('CID_MISMATCH'))
        expect(await it.blocks.has(cid)).toBe(false)
        await it.blocks.put(cid, Buffer.from('hello world'))
        await it.blocks.put(cid, Buffer.from('hello world'))
        expect(Buffer.from(await it.blocks.get(cid)).toString()).toBe('hello world')
      })

      test('of more than 2 MiB are refused', async () => {
        await using it = await create()
        const bytes = Buffer.alloc(2 * 1024 * 1024 + 1)
        await expect(it.blocks.put(cidOf(bytes), bytes)).rejects.toEqual(failing('TOO_LARGE'))
      })

      test('inside an identity CID are there without being stored', async () => {
        await using it = await create()
        const cid = cidOf(Buffer.from('tiny'), CODEC.raw, HASH.identity)
        expect((await collect(it.blocks.cat(cid))).toString()).toBe('tiny')
        expect(await countOf(it.blocks)).toBe(0)
      })
    })

    describe('values', () => {
      test('come back in the form they were put, links and bytes included, in either codec', async () => {
        await using it = await create()
        const value = { a: [1, 1.5, null, true], ü: { '/': HELLO }, b: { '/': { bytes: 'AQID' } } }
        for (const codec of ['dag-cbor', 'dag-json'] as const) {
          const cid = await it.blocks.dagPut(value, { codec })
          expect(await it.blocks.dagGet(cid)).toEqual(value)
        }
      })

      test('have known CIDs and need no order of keys', async () => {
        await using it = await create()
        const cid = await it.blocks.dagPut({ hello: 'world' })
        expect(String(cid)).toBe('bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae')
        const one = await it.blocks.dagPut({ a: 1, b: 2 })
        expect((await it.blocks.dagPut({ b: 2, a: 1 })).equals(one)).toBe(true)
      })

      test('are followed by path through links of every codec', async () => {
        await using it = await create()
        const file = await it.blocks.addDirectory([{ path: 'x/y.txt', content: text('abc') }])
        const inner = await it.blocks.dagPut(
          { list: [{ deep: 42 }], dir: { '/': String(file.cid) } },
          { codec: 'dag-json' }
        )
        const outer = await it.blocks.dagPut({ inner: { '/': String(inner) } })
        expect(await it.blocks.dagGet(outer, ['inner', 'list', '0', 'deep'])).toBe(42)
        expect(await it.blocks.dagGet(outer, ['inner', 'dir', 'x', 'y.txt'])).toEqual({ '/': { bytes: 'YWJj' } })
        expect(await it.blocks.dagGet(outer, ['inner', 'dir', 'Links', '0', 'Name'])).toBe('x')
        expect((await collect(it.blocks.cat(outer, ['inner', 'dir', 'x', 'y.txt']))).toString()).toBe('abc')
        await expect(it.blocks.dagGet(outer, ['inner', 'none'])).rejects.toEqual(failing('NOT_FOUND'))
        await expect(it.blocks.dagGet(outer, ['inner', '__proto__'])).rejects.toEqual(failing('NOT_FOUND'))
      })

      test.each([[{ '/': 'not a cid' }], [{ '/': HELLO, more: 1 }], [Number.NaN], [[undefined]], [new Date(0)]])(
        'refuse %j',
        async value => {
          await using it = await create()
          await expect(it.blocks.dagPut(value)).rejects.toEqual(failing('INVALID_INPUT'))
        }
      )

      test('too deep or too large are refused, not crashed on', async () => {
        await using it = await create()
        let deep: unknown = 1
        for (let level = 0; level < 100_000; level++) deep = [deep]
        await expect(it.blocks.dagPut(deep)).rejects.toEqual(failing('TOO_LARGE'))
        await expect(it.blocks.dagPut('x'.repeat(3_000_000))).rejects.toEqual(failing('TOO_LARGE'))
        const nested = Buffer.concat([Buffer.alloc(1_000_000, 0x81), Buffer.from([0x00])])
        const cid = cidOf(nested, CODEC.dagCbor)
        await it.blocks.put(cid, nested)
        await expect(it.blocks.dagGet(cid)).rejects.toMatchObject({ code: expect.stringMatching(/BAD_DATA|TOO_LARGE/) })
        await expect(it.blocks.pin(cid)).rejects.toMatchObject({ code: expect.stringMatching(/BAD_DATA|NOT_FOUND/) })
      })

      test('are integers as text beyond 2^53', async () => {
        await using it = await create()
        const bytes = Buffer.from('1bffffffffffffffff', 'hex')
        const cid = cidOf(bytes, CODEC.dagCbor)
        await it.blocks.put(cid, bytes)
        expect(await it.blocks.dagGet(cid)).toBe('18446744073709551615')
      })
    })

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
        expect((await it.blocks.listPins()).pins).toEqual([{ cid, type: 'recursive' }])
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

    describe('CARs', () => {
      const exported = async (pin: 'recursive' | undefined = 'recursive') => {
        await using from = await create()
        const content = noise(3 * CHUNK)
        const { cid } = await from.blocks.addDirectory([
          { path: 'one', content: [content] },
          { path: 'two', content: [content] },
          { path: 'sub/three', content: text('hello world') }
        ])
        return { cid, content, car: await collect(from.blocks.exportCar(cid)), pin }
      }

      test('are version 1, have the root first and every block once, and read with another reader', async () => {
        const { cid, car } = await exported()
        const reader = CarBufferReader.fromBytes(car)
        expect(reader.version).toBe(1)
        expect(reader.getRoots().map(String)).toEqual([String(cid)])
        const cids = reader.blocks().map(block => String(block.cid))
        expect(cids[0]).toBe(String(cid))
        expect(new Set(cids).size).toBe(cids.length)
        expect(cids).toHaveLength(7)
      })

      test('carry a DAG into another store, whatever pieces the stream comes in', async () => {
        const { cid, content, car } = await exported()
        for (const step of [7, 1000, car.length]) {
          await using to = await create()
          const got = await to.blocks.importCar(stream(car, step), { pin: 'recursive' })
          expect(got).toMatchObject({ blocks: 7 })
          expect(got.roots.map(String)).toEqual([String(cid)])
          expect((await collect(to.blocks.cat(cid, ['two']))).equals(content)).toBe(true)
          expect((await to.blocks.gc()).removedBlocks).toBe(0)
          expect((await collect(to.blocks.exportCar(cid))).equals(car)).toBe(true)
        }
      })

      test('cut anywhere leave no block and no pin', async () => {
        const { car } = await exported()
        await using to = await create()
        const ends = [0, 1, 20, 58, 59, 60, 100, 300, 1000, CHUNK, CHUNK + 5000, car.length - 100, car.length - 1]
        for (const end of ends) {
          await expect(to.blocks.importCar(stream(car.subarray(0, end)), { pin: 'recursive' })).rejects.toEqual(
            failing('BAD_DATA')
          )
          expect(await countOf(to.blocks)).toBe(0)
        }
        expect((await to.blocks.listPins()).total).toBe(0)
      })

      test('cut between two blocks are seen to be incomplete', async () => {
        const { car } = await exported()
        await using to = await create()
        const last = car.lastIndexOf(Buffer.from('hello world'))
        expect(last).toBeGreaterThan(0)
        const shorter = Buffer.concat([car.subarray(0, last - 37), car.subarray(last + 11)])
        await expect(to.blocks.importCar(stream(shorter))).rejects.toEqual(failing('BAD_DATA'))
        expect(await countOf(to.blocks)).toBe(0)
      })

      test('with a bit turned leave no block and no pin', async () => {
        const { car } = await exported()
        await using to = await create()
        await fc.assert(
          fc.asyncProperty(fc.nat(car.length - 1), fc.nat(7), async (at, bit) => {
            const damaged = Buffer.from(car)
            damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at)
            await expect(to.blocks.importCar(stream(damaged), { pin: 'recursive' })).rejects.toMatchObject({
              code: expect.stringMatching(/CID_MISMATCH|BAD_DATA|TOO_LARGE|UNSUPPORTED/)
            })
            expect(await countOf(to.blocks)).toBe(0)
          }),
          { numRuns: 30 }
        )
        expect((await to.blocks.listPins()).total).toBe(0)
      })

      test('whose root names a codec that nobody can follow leave nothing when they are to be pinned', async () => {
        const { car } = await exported()
        await using to = await create()
        const strange = Buffer.from(car)
        const root = parseCid(String(CarBufferReader.fromBytes(car).getRoots()[0])).bytes
        strange.writeUInt8(0x50, car.indexOf(root) + 1)
        await expect(to.blocks.importCar(stream(strange), { pin: 'recursive' })).rejects.toEqual(failing('UNSUPPORTED'))
        expect(await countOf(to.blocks)).toBe(0)
      })

      test('leave what was here before, and heal over it', async () => {
        const { cid, car } = await exported()
        await using to = await create()
        await to.blocks.addFile(text('hello world'), { pin: 'recursive' })
        await expect(to.blocks.importCar(stream(car.subarray(0, -3)))).rejects.toEqual(failing('BAD_DATA'))
        expect(await to.blocks.has(parseCid(HELLO))).toBe(true)
        await to.blocks.importCar(stream(car))
        expect((await to.blocks.stat(cid)).isComplete).toBe(true)
      })

      test('aborted, or from a source that fails, leave nothing', async () => {
        const { car } = await exported()
        await using to = await create()
        const controller = new AbortController()
        const source = async function* () {
          yield car.subarray(0, 400_000)
          controller.abort(new Error('gone'))
          yield car.subarray(400_000)
        }
        await expect(to.blocks.importCar(source(), { signal: controller.signal })).rejects.toThrow('gone')
        const broken = async function* () {
          yield car.subarray(0, 400_000)
          throw Object.assign(new Error('reset'), { code: 'ECONNRESET' })
        }
        await expect(to.blocks.importCar(broken())).rejects.toThrow()
        expect(await countOf(to.blocks)).toBe(0)
      })

      test('that claim enormous lengths are refused before they are held', async () => {
        await using to = await create()
        const { car } = await exported()
        const huge = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
        await expect(to.blocks.importCar(stream(huge))).rejects.toEqual(failing('TOO_LARGE'))
        const section = Buffer.concat([car.subarray(0, 59), huge, parseCid(HELLO).bytes, Buffer.alloc(4_000_000)])
        await expect(to.blocks.importCar(stream(section))).rejects.toEqual(failing('TOO_LARGE'))
      })

      test('of version 2 and what is no CAR at all are refused', async () => {
        await using to = await create()
        const pragma = Buffer.concat([Buffer.from('0aa16776657273696f6e02', 'hex'), Buffer.alloc(40, 1)])
        await expect(to.blocks.importCar(stream(pragma))).rejects.toEqual(failing('UNSUPPORTED'))
        const prose = Buffer.from('This is not a CAR but a sentence.')
        await expect(to.blocks.importCar(stream(prose))).rejects.toEqual(failing('BAD_DATA'))
      })

      test('cannot be made of what is not here', async () => {
        await using it = await create()
        await expect(collect(it.blocks.exportCar(parseCid(HELLO)))).rejects.toEqual(failing('NOT_FOUND'))
      })
    })

    describe('its life', () => {
      test('starts and stops twice without harm, and says that it is not running after', async () => {
        await using it = await create()
        await Promise.all([it.blocks.start(), it.blocks.start()])
        await Promise.all([it.blocks.stop(), it.blocks.stop()])
        await expect(it.blocks.addFile(text('x'))).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
        await it.blocks.start()
        expect(String((await it.blocks.addFile(text('hello world'))).cid)).toBe(HELLO)
      })

      test('a stop ends what runs', async () => {
        await using it = await create()
        let stopping: Promise<void> | undefined
        const source = async function* () {
          yield noise(CHUNK)
          stopping = it.blocks.stop()
          yield noise(CHUNK, 2)
        }
        await expect(it.blocks.addFile(source(), { pin: 'recursive' })).rejects.toEqual(failing('CANCELLED'))
        await stopping
      })
    })
  })
}
