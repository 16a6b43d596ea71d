/** What every cache does, wherever its entries lie. Each test gets one of its own, started and empty. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Cache, type CacheLimits, MAX_VALUE_BYTES } from '../../src/services/cache/api.ts'
import type { ManualClock } from '../helpers/manual-clock.ts'

export interface OpenCache extends AsyncDisposable {
  cache: Cache
  clock: ManualClock
}

export type OpenCacheWith = (limits?: Partial<CacheLimits>) => Promise<OpenCache>

export function cacheSuite(name: string, open: OpenCacheWith): void {
  describe(name, () => {
    test('answers what was set, of every kind of JSON, and a stored null is a hit', async () => {
      await using opened = await open()
      const { cache } = opened
      for (const value of [null, false, 0, '', 'täxt 🦆', [1, [2]], { a: { b: null } }]) {
        await cache.set('key', value)
        expect(await cache.get('key')).toEqual({ value })
        expect(await cache.has('key')).toBe(true)
      }
      expect(await cache.get('other')).toBeUndefined()
      expect(await cache.has('other')).toBe(false)
    })

    test('keys are told apart whatever is in them', async () => {
      await using opened = await open()
      const { cache } = opened
      const keys = ['', 'a', 'A', 'a/b', '../a', 'a\0', ' a', 'ä', '__proto__', 'x'.repeat(5000)]
      for (const [index, key] of keys.entries()) await cache.set(key, index)
      for (const [index, key] of keys.entries()) expect(await cache.get(key)).toEqual({ value: index })
      expect(cache.size().entries).toBe(keys.length)
    })

    test('what is held cannot be changed by whoever set or got it', async () => {
      await using opened = await open()
      const { cache } = opened
      const value = { list: [1] }
      await cache.set('key', value)
      value.list.push(2)
      const hit = await cache.get('key')
      Object(hit?.value).list.push(3)
      expect(await cache.get('key')).toEqual({ value: { list: [1] } })
    })

    test('a value lives until its time, and one without a time for good', async () => {
      await using opened = await open()
      const { cache, clock } = opened
      const { expiresAt } = await cache.set('short', 1, { ttlMs: 1000 })
      expect(expiresAt).toBe(clock.now() + 1000)
      for (const [key, ttlMs] of [
        ['zero', 0],
        ['less', -5]
      ] as const)
        expect(await cache.set(key, 1, { ttlMs })).toEqual({})
      clock.advance(999)
      expect(await cache.get('short')).toEqual({ value: 1, expiresAt })
      clock.advance(1)
      expect(await cache.get('short')).toBeUndefined()
      clock.advance(1e12)
      expect([await cache.has('zero'), await cache.has('less')]).toEqual([true, true])
      expect(cache.size().entries).toBe(2)
    })

    test('setting again replaces the value and its time', async () => {
      await using opened = await open()
      const { cache, clock } = opened
      await cache.set('key', 1, { ttlMs: 10 })
      await cache.set('key', 2)
      clock.advance(1000)
      expect(await cache.get('key')).toEqual({ value: 2 })
      expect(cache.size().entries).toBe(1)
    })

    test('deleting says whether something was there', async () => {
      await using opened = await open()
      const { cache, clock } = opened
      await cache.set('key', null)
      await cache.set('gone', 1, { ttlMs: 1 })
      clock.advance(5)
      expect([await cache.delete('key'), await cache.delete('key'), await cache.delete('gone')]).toEqual([
        true,
        false,
        false
      ])
      expect(cache.size()).toEqual({ entries: 0, bytes: 0 })
    })

    test('beyond its entries what was used longest ago is put out', async () => {
      await using opened = await open({ maxEntries: 3 })
      const { cache } = opened
      for (const key of ['a', 'b', 'c']) await cache.set(key, key)
      await cache.get('a')
      await cache.set('d', 'd')
      expect(await Promise.all(['a', 'b', 'c', 'd'].map(key => cache.has(key)))).toEqual([true, false, true, true])
    })

    test('beyond its bytes what was used longest ago is put out, never what was just set', async () => {
      await using opened = await open({ maxBytes: 1000 })
      const { cache } = opened
      for (const key of ['a', 'b', 'c']) await cache.set(key, 'x'.repeat(250))
      await cache.set('large', 'x'.repeat(900))
      expect(await Promise.all(['a', 'b', 'c', 'large'].map(key => cache.has(key)))).toEqual([
        false,
        false,
        false,
        true
      ])
      expect(cache.size().bytes).toBeLessThanOrEqual(1000)
      await expect(cache.set('a', 'x'.repeat(1000))).rejects.toMatchObject({ code: 'TOO_LARGE' })
      expect(await cache.has('large')).toBe(true)
    })

    test('a value of 1 MiB fits, and one byte more is TOO_LARGE and changes nothing', async () => {
      await using opened = await open({ maxBytes: 4 * MAX_VALUE_BYTES })
      const { cache } = opened
      const value = 'x'.repeat(MAX_VALUE_BYTES - 2)
      await cache.set('key', value)
      await expect(cache.set('key', `${value}x`)).rejects.toMatchObject({ code: 'TOO_LARGE' })
      expect(await cache.get('key')).toEqual({ value })
      await expect(cache.set('key', undefined)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      let deep: unknown = 1
      for (let depth = 0; depth < 100_000; depth++) deep = [deep]
      await expect(cache.set('key', deep)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      expect(await cache.get('key')).toEqual({ value })
    })

    test('calls for one key take effect in their order, however many there are at once', async () => {
      await using opened = await open()
      const { cache } = opened
      const calls: Promise<unknown>[] = []
      for (let index = 0; index < 50; index++)
        calls.push(cache.set('key', index), cache.get('key'), cache.delete('key'))
      calls.push(cache.set('key', 'last'))
      const answers = await Promise.all(calls)
      for (let index = 0; index < 50; index++)
        expect(answers.slice(index * 3 + 1, index * 3 + 3)).toEqual([{ value: index }, true])
      expect(await cache.get('key')).toEqual({ value: 'last' })
    })

    test('a key of one namespace is not that of another, and clearing one leaves the others', async () => {
      await using opened = await open()
      const { cache } = opened
      await cache.set('key', 'plain')
      for (const namespace of ['a', 'b', '', 'a\0key', '__proto__']) await cache.set('key', namespace, { namespace })
      for (const namespace of ['a', 'b', '', 'a\0key', '__proto__'])
        expect((await cache.get('key', { namespace }))?.value).toBe(namespace)
      expect(await cache.get('key', { namespace: 'default' })).toEqual({ value: 'plain' })
      expect((await cache.namespaces()).map(({ namespace, entries }) => [namespace, entries])).toEqual(
        ['', '__proto__', 'a', 'a\0key', 'b', 'default'].sort().map(namespace => [namespace, 1])
      )
      expect(await cache.clear('a')).toMatchObject({ entries: 1 })
      expect(await cache.clear('a')).toEqual({ entries: 0, bytes: 0 })
      expect(await cache.has('key', { namespace: 'a' })).toBe(false)
      expect(await cache.has('key', { namespace: 'b' })).toBe(true)
      expect(cache.size().entries).toBe(5)
    })

    test('trimming removes what has expired, what is too old, then what was used longest ago or is largest', async () => {
      await using opened = await open()
      const { cache, clock } = opened
      await cache.set('old', 1)
      clock.advance(10_000)
      await cache.set('short', 1, { ttlMs: 10 })
      for (const [key, length] of [
        ['a', 300],
        ['b', 900],
        ['c', 300]
      ] as const)
        await cache.set(key, 'x'.repeat(length))
      clock.advance(20)
      expect(await cache.trim({ maxAgeMs: 5000 })).toMatchObject({ expired: 1, tooOld: 1, putOut: 0 })
      const { bytes } = cache.size()
      expect(await cache.trim({ maxBytes: bytes - 1, first: 'largest' })).toMatchObject({ putOut: 1 })
      expect(await Promise.all(['a', 'b', 'c'].map(key => cache.has(key)))).toEqual([true, false, true])
      await cache.get('a')
      expect(await cache.trim({ maxBytes: 500 })).toMatchObject({ putOut: 1 })
      expect(await Promise.all(['a', 'c'].map(key => cache.has(key)))).toEqual([true, false])
      await expect(cache.trim({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
      expect(await cache.has('a')).toBe(true)
    })

    test('counters tell what happened', async () => {
      await using opened = await open({ maxEntries: 2 })
      const { cache, clock } = opened
      for (const key of ['a', 'b', 'c']) await cache.set(key, 1, { ttlMs: 100 })
      await cache.get('c')
      await cache.get('a')
      await cache.delete('b')
      clock.advance(200)
      await cache.get('c')
      expect(cache.counters()).toEqual({ hits: 1, misses: 2, sets: 3, deletes: 1, expired: 1, putOut: 1 })
    })

    test('a stopped cache refuses, stopping twice is nothing, and it starts again', async () => {
      await using opened = await open()
      const { cache } = opened
      await cache.stop()
      await cache.stop()
      await expect(cache.get('key')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      await Promise.all([cache.start(), cache.start()])
      await cache.set('key', 1)
      expect(await cache.get('key')).toEqual({ value: 1 })
    })

    test('does what a plain model does', async () => {
      const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
      const step = fc.oneof(
        fc.record({
          kind: fc.constant('set' as const),
          key,
          value: fc.jsonValue({ maxDepth: 1 }),
          ttlMs: fc.constantFrom(0, 5, 50)
        }),
        fc.record({ kind: fc.constantFrom('get' as const, 'delete' as const), key }),
        fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 10, 100) })
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
          await using opened = await open({ maxEntries: 3 })
          const { cache, clock } = opened
          const model = new Map<string, { value: unknown; expiresAt: number }>()
          const live = (name: string) => {
            const entry = model.get(name)
            if (entry && entry.expiresAt <= clock.now()) model.delete(name)
            return model.get(name)
          }
          for (const one of steps) {
            if (one.kind === 'advance') clock.advance(one.ms)
            else if (one.kind === 'set') {
              model.delete(one.key)
              const expiresAt = one.ttlMs > 0 ? clock.now() + one.ttlMs : Number.POSITIVE_INFINITY
              model.set(one.key, { value: JSON.parse(JSON.stringify(one.value)), expiresAt })
              const [oldest] = model.keys()
              if (model.size > 3 && oldest !== undefined) model.delete(oldest)
              await cache.set(one.key, one.value, { ttlMs: one.ttlMs })
            } else if (one.kind === 'delete') {
              const isThere = live(one.key) !== undefined
              model.delete(one.key)
              expect(await cache.delete(one.key)).toBe(isThere)
            } else {
              const entry = live(one.key)
              if (entry) {
                model.delete(one.key)
                model.set(one.key, entry)
              }
              expect((await cache.get(one.key))?.value).toEqual(entry?.value)
            }
          }
        }),
        { numRuns: 100 }
      )
    })
  })
}
