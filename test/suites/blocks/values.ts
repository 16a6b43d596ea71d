import { base32 } from 'multiformats/bases/base32'
import { describe, expect, test } from 'vitest'
import { CODEC, cidOf, HASH, parseCid } from '../../../src/core/cid.ts'
import { type CreateBlocks, collect, countOf, failing, HELLO, text } from './content.ts'

export function valuesSuite(create: CreateBlocks): void {
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

    test('with a link that is not written as its CID is are bad data, in every codec', async () => {
      await using it = await create()
      const digest = Buffer.concat([Buffer.from('1220', 'hex'), Buffer.alloc(32, 7)])
      // Version 0 spelled out, with a codec beside it: lax decoders read a CID without either.
      const lax = Buffer.concat([Buffer.from('0070', 'hex'), digest])
      const strict = Buffer.concat([Buffer.from('0170', 'hex'), digest])
      const forms: [number, (link: Buffer) => Buffer][] = [
        [CODEC.dagCbor, link => Buffer.concat([Buffer.from('81d82a582500', 'hex'), link])],
        [CODEC.dagPb, link => Buffer.concat([Buffer.from('12260a24', 'hex'), link])],
        [CODEC.dagJson, link => Buffer.from(JSON.stringify([{ '/': base32.encode(link) }]))]
      ]
      for (const [codec, write] of forms) {
        for (const link of [lax, strict]) {
          const bytes = write(link)
          const cid = cidOf(bytes, codec)
          await it.blocks.put(cid, bytes)
          const reading = it.blocks.dagGet(cid)
          if (link === strict) expect(JSON.stringify(await reading)).toContain(base32.encode(strict))
          else {
            await expect(reading).rejects.toEqual(failing('BAD_DATA'))
            await expect(it.blocks.pin(cid)).rejects.toEqual(failing('BAD_DATA'))
            await expect(collect(it.blocks.exportCar(cid))).rejects.toEqual(failing('BAD_DATA'))
          }
        }
      }
      const directory = Buffer.concat([Buffer.from('12290a24', 'hex'), lax, Buffer.from('1201780a020801', 'hex')])
      const cid = cidOf(directory, CODEC.dagPb)
      await it.blocks.put(cid, directory)
      await expect(Array.fromAsync(it.blocks.ls(cid))).rejects.toEqual(failing('BAD_DATA'))
      await expect(it.blocks.dagPut({ '/': base32.encode(lax) })).rejects.toEqual(failing('INVALID_INPUT'))
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
}
