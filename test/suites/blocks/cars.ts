/** CARs in and out. */
import { CarBufferReader } from '@ipld/car/buffer-reader'
import fc from 'fast-check'
import { varint } from 'multiformats'
import { describe, expect, test } from 'vitest'
import { CODEC, parseCid } from '../../../src/core/cid.ts'
import type { Blocks } from '../../../src/services/blocks/api.ts'
import { CHUNK, type CreateBlocks, collect, countOf, failing, HELLO, noise, stream, text } from './content.ts'

function turned(car: Buffer, at: number, bit: number): Buffer {
  const damaged = Buffer.from(car)
  damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at)
  return damaged
}

async function refuses({ blocks }: { blocks: Blocks }, car: Buffer): Promise<void> {
  await expect(blocks.importCar(stream(car), { pin: 'recursive' })).rejects.toMatchObject({
    code: expect.stringMatching(/CID_MISMATCH|BAD_DATA|TOO_LARGE|UNSUPPORTED/)
  })
  expect(await countOf(blocks)).toBe(0)
  expect((await blocks.listPins()).total).toBe(0)
}

export function carsSuite(create: CreateBlocks): void {
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

    test('have the leaves of a file in their order, and one that comes again once', async () => {
      await using it = await create()
      const content = noise(30 * CHUNK)
      const repeated = content.subarray(0, 2 * CHUNK)
      const { cid } = await it.blocks.addFile([content, repeated, repeated])
      const blocks = CarBufferReader.fromBytes(await collect(it.blocks.exportCar(cid))).blocks()
      const leaves = blocks.filter(block => block.cid.code === CODEC.raw).map(block => block.bytes)
      expect(Buffer.concat(leaves).equals(content)).toBe(true)
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
      await fc.assert(
        fc.asyncProperty(fc.nat(car.length - 1), fc.nat(7), async (at, bit) => {
          await using to = await create()
          await refuses(to, turned(car, at, bit))
        }),
        { numRuns: 30 }
      )
    })

    test('with any bit of the header turned leave no block and no pin', async () => {
      await using to = await create()
      await using from = await create()
      const { cid } = await from.blocks.addDirectory([{ path: 'one', content: text('hello world') }])
      const car = await collect(from.blocks.exportCar(cid))
      // The length, then as many bytes.
      const headerBytes = 1 + car.readUInt8(0)
      for (let bit = 0; bit < headerBytes * 8; bit++) await refuses(to, turned(car, bit >> 3, bit & 7))
    })

    test('with needless bytes in a number of a section leave no block and no pin', async () => {
      const { car } = await exported()
      await using to = await create()
      const start = 1 + car.readUInt8(0)
      const length = varint.decode(car, start)[1]
      const longer = (at: number) => {
        const last = car.readUInt8(at)
        return Buffer.concat([car.subarray(0, at), Buffer.from([last | 0x80, 0]), car.subarray(at + 1)])
      }
      // Its length; and, with a length that takes them in, the version, codec, hash function and length of its CID.
      await refuses(to, longer(start + length - 1))
      for (let at = start + length; at < start + length + 4; at++) {
        const damaged = longer(at)
        damaged.writeUInt8(damaged.readUInt8(start) + 1, start)
        await refuses(to, damaged)
      }
    })

    test('with any bit of the CID of a section turned leave no block and no pin', async () => {
      const { car } = await exported()
      const reader = CarBufferReader.fromBytes(car)
      const starts = reader.blocks().map(block => car.indexOf(Buffer.from(block.cid.bytes)))
      await using to = await create()
      for (const start of starts.slice(1)) {
        // Version, codec, hash function and length.
        for (let bit = 0; bit < 32; bit++) await refuses(to, turned(car, start + (bit >> 3), bit & 7))
      }
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
}
