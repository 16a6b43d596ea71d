import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { createObjects } from '../../../src/services/objects/index.ts'
import { createManualClock } from '../../helpers/manual-clock.ts'
import { note, type OpenObjects, objectsSuite } from '../../suites/objects.ts'

async function openIn(directory?: string): Promise<OpenObjects> {
  const clock = createManualClock()
  const blocks = createBlocks(directory === undefined ? {} : { directory })
  await blocks.start()
  const below = directory === undefined ? {} : { directory: join(directory, 'objects') }
  const objects = createObjects({ ...below, blocks, clock })
  await objects.start()
  return {
    objects,
    blocks,
    clock,
    async [Symbol.asyncDispose]() {
      await objects.stop()
      await blocks.stop()
    }
  }
}

objectsSuite('objects with an index in memory', () => openIn())

objectsSuite('objects with an index in a file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'objects-'))
  const opened = await openIn(directory)
  return {
    ...opened,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    }
  }
})

test('a restart keeps objects and collections, and their pins', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'objects-'))
  let id = ''
  {
    await using opened = await openIn(directory)
    await opened.objects.createCollection('kept', { description: 'for good' })
    const { item } = await opened.objects.put(note('hello', { collection: 'kept', tags: ['t'] }))
    id = item.id
  }
  await using opened = await openIn(directory)
  await opened.blocks.gc()
  const { items } = await opened.objects.find({ collection: 'kept', tags: ['t'] })
  expect(items.map(item => item.id)).toEqual([id])
  expect((await opened.objects.read(items[0] ?? expect.fail())).toString()).toBe('hello')
  await rm(directory, { recursive: true })
})

test('what a killed process was about to store or to remove is neither an object nor a pin afterwards', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'objects-'))
  {
    await using opened = await openIn(directory)
    for (const text of ['a', 'b']) await opened.objects.put(note(text))
  }
  // As it stands after a kill between the row and the pin, or between the two steps of a removal.
  const database = new DatabaseSync(join(directory, 'objects', 'index.db'))
  database.exec(`UPDATE items SET is_settled = 0 WHERE seq = 1`)
  database.close()
  await using opened = await openIn(directory)
  expect((await opened.objects.find()).total).toBe(1)
  expect((await opened.blocks.listPins()).total).toBe(1)
  await rm(directory, { recursive: true })
})

test('an index that is damaged or of a newer program is left as it is, and the error says so', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'objects-'))
  await using first = await openIn(directory)
  await first[Symbol.asyncDispose]()
  const path = join(directory, 'objects', 'index.db')
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 99')
  database.close()
  await expect(openIn(directory)).rejects.toMatchObject({ code: 'DATA_DIRECTORY_VERSION' })
  for (const name of await readdir(join(directory, 'objects'))) await rm(join(directory, 'objects', name))
  await writeFile(path, 'no database at all, and long enough to be looked at'.repeat(50))
  await expect(openIn(directory)).rejects.toMatchObject({ code: 'BAD_DATA' })
  await rm(directory, { recursive: true })
})
