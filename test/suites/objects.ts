/** What every store of objects does, wherever its index lies. Each test gets one of its own, started and empty, and the blocks below it. */
import { describe, expect, test } from 'vitest'
import { parseCid } from '../../src/core/cid.ts'
import type { Blocks } from '../../src/services/blocks/api.ts'
import type { NewObject, Objects, StoredObject } from '../../src/services/objects/api.ts'
import type { ManualClock } from '../helpers/manual-clock.ts'

export interface OpenObjects extends AsyncDisposable {
  objects: Objects
  blocks: Blocks
  clock: ManualClock
}

export function note(text: string, more: Partial<NewObject> = {}): NewObject {
  const plain = { collection: 'default', format: 'text', compression: 'none', metadata: {}, tags: [] } as const
  return { ...plain, bytes: Buffer.from(text), ...more }
}

export function objectsSuite(name: string, open: () => Promise<OpenObjects>): void {
  describe(name, () => {
    test('what is stored is read back, compressed or not, and empty too', async () => {
      await using opened = await open()
      const { objects } = opened
      for (const text of ['', 'hello', 'x'.repeat(700_000)]) {
        for (const compression of ['none', 'gzip'] as const) {
          const { item } = await objects.put(note(text, { compression }))
          expect(item.sizeBytes).toBe(text.length)
          expect((await objects.read(item)).toString()).toBe(text)
          expect((await objects.read(item, { length: 3 })).toString()).toBe(text.slice(0, 3))
        }
      }
    })

    test('the same object is one object; other metadata, tags or another collection make another', async () => {
      await using opened = await open()
      const { objects } = opened
      await objects.createCollection('other')
      const first = await objects.put(note('a'))
      expect(first.isNew).toBe(true)
      expect(await objects.put(note('a'))).toEqual({ item: first.item, isNew: false })
      const others = [{ tags: ['t'] }, { metadata: { n: 1 } }, { collection: 'other' }]
      const ids = await Promise.all(others.map(async more => (await objects.put(note('a', more))).item.id))
      expect(new Set([first.item.id, ...ids]).size).toBe(4)
      const together = await Promise.all([1, 2, 3].map(() => objects.put(note('b'))))
      expect(together.filter(({ isNew }) => isNew)).toHaveLength(1)
    })

    test('the collection of garbage takes nothing of an object, and everything of one that was removed', async () => {
      await using opened = await open()
      const { objects, blocks } = opened
      const { item } = await objects.put(note('x'.repeat(600_000), { tags: ['a'] }))
      expect((await blocks.gc()).removedBlocks).toBe(0)
      expect((await objects.read(item)).length).toBe(600_000)
      expect(await objects.remove(item.id)).toBe(true)
      expect(await objects.remove(item.id)).toBe(false)
      expect((await blocks.gc()).keptBlocks).toBe(0)
      expect((await blocks.listPins()).total).toBe(0)
    })

    test('objects are found by collection, tags, metadata, size and time, and by all of them at once', async () => {
      await using opened = await open()
      const { objects, clock } = opened
      await objects.createCollection('books')
      const made: StoredObject[] = []
      for (const [at, tags] of [['red'], ['red', 'old'], ['old'], []].entries()) {
        clock.advance(1000)
        const metadata = { n: at, isEven: at % 2 === 0, where: { shelf: at } }
        const { item } = await objects.put(note('x'.repeat(at), { collection: 'books', tags, metadata }))
        made.push(item)
      }
      await objects.put(note('elsewhere', { tags: ['red'] }))
      const found = async (query: object) =>
        (await objects.find(query)).items.map(item => made.indexOf(made.find(({ id }) => id === item.id) ?? item))
      expect(await found({ collection: 'books' })).toEqual([0, 1, 2, 3])
      expect(await found({ collection: 'books', tags: ['red'] })).toEqual([0, 1])
      expect(await found({ tags: ['red', 'old'] })).toEqual([1])
      expect(await found({ metadata: { isEven: true } })).toEqual([0, 2])
      expect(await found({ metadata: { n: 1 } })).toEqual([1])
      expect(await found({ metadata: { n: '1' } })).toEqual([])
      expect(await found({ metadata: { where: { shelf: 3 } } })).toEqual([3])
      expect(await found({ collection: 'books', sizeRange: [1, 2] })).toEqual([1, 2])
      expect(await found({ timeRange: [made[2]?.createdAt, made[3]?.createdAt], collection: 'books' })).toEqual([2, 3])
      expect(await found({ collection: 'books', tags: ['old'], metadata: { isEven: true } })).toEqual([2])
      expect(await found({ metadata: { "n'; DROP TABLE items; --": 1 } })).toEqual([])
    })

    test('pages put together are the whole, whatever is stored or removed between them', async () => {
      await using opened = await open()
      const { objects } = opened
      const ids: string[] = []
      for (let at = 0; at < 25; at++) ids.push((await objects.put(note(`${at}`))).item.id)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await objects.find({ limit: 10, cursor })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor
        if (seen.length === 10) {
          await objects.remove(ids[2] ?? '')
          await objects.put(note('new'))
        }
      } while (cursor !== undefined)
      expect(seen.slice(0, 25)).toEqual(ids)
      expect(seen).toHaveLength(26)
      await expect(objects.find({ cursor: 'x' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    })

    test('collections are made, described, listed and removed, with their objects only if that is said', async () => {
      await using opened = await open()
      const { objects, blocks } = opened
      await objects.createCollection('a', { description: 'first', metadata: { owner: 'ada' } })
      await expect(objects.createCollection('a')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
      await objects.describeCollection('a', { description: 'changed' })
      await objects.put(note('12345', { collection: 'a' }))
      expect(await objects.collection('a')).toMatchObject({
        description: 'changed',
        metadata: { owner: 'ada' },
        items: 1,
        sizeBytes: 5
      })
      expect((await objects.collections()).collections.map(({ name }) => name)).toEqual(['a', 'default'])
      expect((await objects.collections({ after: 'a', limit: 1 })).collections.map(({ name }) => name)).toEqual([
        'default'
      ])
      await expect(objects.removeCollection('a')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      await expect(objects.removeCollection('default')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await objects.removeCollection('a', { withItems: true })).toBe(1)
      expect((await blocks.listPins()).total).toBe(0)
      await expect(objects.collection('a')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    test('a collection that does not exist is named with its nearest, and nothing is kept for it', async () => {
      await using opened = await open()
      const { objects, blocks } = opened
      const failure = { code: 'NOT_FOUND', message: expect.stringContaining('"default"') }
      await expect(objects.put(note('a', { collection: 'defualt' }))).rejects.toMatchObject(failure)
      await expect(objects.find({ collection: 'defualt' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect((await blocks.listPins()).total).toBe(0)
    })

    test('an abort leaves neither an object nor a pin; one while many are removed leaves the rest whole', async () => {
      await using opened = await open()
      const { objects, blocks } = opened
      const gone = AbortSignal.abort(new Error('gone'))
      await expect(objects.put(note('a'), { signal: gone })).rejects.toThrow('gone')
      expect((await objects.find()).total).toBe(0)
      expect((await blocks.listPins()).total).toBe(0)
      await objects.createCollection('a')
      for (let at = 0; at < 5; at++) await objects.put(note(`${at}`, { collection: 'a' }))
      const cancel = new AbortController()
      const unpin = blocks.unpin.bind(blocks)
      let unpinned = 0
      blocks.unpin = async cid => {
        if (++unpinned === 2) cancel.abort(new Error('enough'))
        await unpin(cid)
      }
      const removing = objects.removeCollection('a', { withItems: true, signal: cancel.signal })
      await expect(removing).rejects.toThrow('enough')
      const { items } = await objects.find({ collection: 'a' })
      expect(items).toHaveLength(3)
      const { pins } = await blocks.listPins()
      expect(pins.map(({ cid }) => cid.toString()).sort()).toEqual(items.map(({ id }) => id).sort())
      await blocks.gc()
      for (const item of items) expect((await objects.read(item)).length).toBe(1)
    })

    test('a pin that fails leaves no object', async () => {
      await using opened = await open()
      const { objects, blocks } = opened
      const { pin } = blocks
      blocks.pin = () => Promise.reject(new Error('disk'))
      await expect(objects.put(note('a'))).rejects.toThrow('disk')
      blocks.pin = pin
      expect((await objects.find()).total).toBe(0)
      expect((await objects.put(note('a'))).isNew).toBe(true)
    })

    test('a stopped service refuses, and stopping twice is nothing', async () => {
      await using opened = await open()
      const { objects } = opened
      await objects.stop()
      await objects.stop()
      await expect(objects.find()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    })

    test('an id is the CID of a record that anyone can read', async () => {
      await using opened = await open()
      const { objects, blocks } = opened
      const { item } = await objects.put(note('hello', { tags: ['t'], metadata: { n: 1 } }))
      expect(await blocks.dagGet(parseCid(item.id))).toMatchObject({
        kind: 'object',
        content: { '/': item.cid },
        metadata: { n: 1 },
        tags: ['t']
      })
    })
  })
}
