import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createCache } from '../../../src/services/cache/index.ts'
import { createManualClock } from '../../helpers/manual-clock.ts'
import { cacheSuite, type OpenCache } from '../../suites/cache.ts'

const LIMITS = { maxEntries: 100, maxBytes: 1_000_000 }

cacheSuite('a cache in memory', async limits => {
  const clock = createManualClock()
  const cache = createCache({ clock, limits: { ...LIMITS, ...limits } })
  await cache.start()
  return { cache, clock, [Symbol.asyncDispose]: () => cache.stop() }
})

cacheSuite('a cache in files', async limits => {
  const directory = await mkdtemp(join(tmpdir(), 'cache-'))
  const opened = await openIn(directory, limits)
  return {
    ...opened,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    }
  }
})

async function openIn(directory: string, limits: object = {}, clock = createManualClock()): Promise<OpenCache> {
  const cache = createCache({ directory, clock, limits: { ...LIMITS, ...limits } })
  await cache.start()
  return { cache, clock, [Symbol.asyncDispose]: () => cache.stop() }
}

test('a restart keeps values and their times, and a smaller limit puts out the oldest', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cache-'))
  const clock = createManualClock()
  {
    await using opened = await openIn(directory, {}, clock)
    await opened.cache.set('short', 1, { ttlMs: 1000 })
    await opened.cache.set('null', null)
    await opened.cache.set('last', { a: 1 })
  }
  {
    await using opened = await openIn(directory, {}, clock)
    expect(opened.cache.size().entries).toBe(3)
    expect(await opened.cache.get('null')).toEqual({ value: null })
    clock.advance(1000)
    expect(await opened.cache.get('short')).toBeUndefined()
  }
  await using opened = await openIn(directory, { maxEntries: 1 }, clock)
  expect(opened.cache.size().entries).toBe(1)
  expect(await readdir(directory)).toHaveLength(2)
  await rm(directory, { recursive: true })
})

test('a damaged entry, a foreign file and a write that was cut off are no entries, and do no harm', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cache-'))
  {
    await using opened = await openIn(directory)
    await opened.cache.set('key', 'value')
  }
  const [file = ''] = (await readdir(directory)).filter(name => name.endsWith('.json'))
  const damages = ['', '{"key":"key","val', '\0'.repeat(20), '[]', '{"key":"other","value":1}']
  for (const damage of damages) {
    await writeFile(join(directory, file), damage)
    await writeFile(join(directory, 'partial', file), '{"key":"ke')
    await writeFile(join(directory, 'notes.txt'), 'mine')
    await using opened = await openIn(directory)
    expect(await opened.cache.get('key')).toBeUndefined()
    expect(opened.cache.size()).toEqual({ entries: 0, bytes: 0 })
    expect((await readdir(directory)).sort()).toEqual(['notes.txt', 'partial'])
    expect(await readdir(join(directory, 'partial'))).toEqual([])
  }
  await rm(directory, { recursive: true })
})
