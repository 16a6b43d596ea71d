import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { collect, noise, text } from '../../suites/blocks/content.ts'
import { blocksSuite } from '../../suites/blocks.ts'

async function temporary() {
  const path = await mkdtemp(join(tmpdir(), 'blocks-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

async function open(directory: string) {
  const blocks = createBlocks({ directory })
  await blocks.start()
  return { blocks, [Symbol.asyncDispose]: () => blocks.stop() }
}

/** The files of all blocks of a store. */
async function blockFiles(directory: string): Promise<string[]> {
  const entries = await readdir(join(directory, 'blocks'), { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

blocksSuite('blocks in files', async () => {
  const directory = await temporary()
  const store = await open(join(directory.path, 'made', 'on', 'start'))
  return {
    blocks: store.blocks,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    }
  }
})

describe('blocks in files, over restarts', () => {
  test('keep blocks and pins', async () => {
    await using directory = await temporary()
    const content = noise(700_000)
    const first = await open(directory.path)
    const { cid } = await first.blocks.addFile([content], { pin: 'recursive' })
    const value = await first.blocks.dagPut({ a: 1 }, { pin: 'direct' })
    await first[Symbol.asyncDispose]()

    await using second = await open(directory.path)
    expect((await second.blocks.gc()).removedBlocks).toBe(0)
    expect((await collect(second.blocks.cat(cid))).equals(content)).toBe(true)
    const { pins } = await second.blocks.listPins()
    expect(pins.map(pin => [String(pin.cid), pin.type])).toEqual([
      [String(cid), 'recursive'],
      [String(value), 'direct']
    ])
  })

  test('remove what a killed process left half written, and nothing else', async () => {
    await using directory = await temporary()
    await mkdir(join(directory.path, 'partial', 'some-stage'), { recursive: true })
    await writeFile(join(directory.path, 'partial', 'some-stage', 'block'), 'half')
    await mkdir(join(directory.path, 'pins'), { recursive: true })
    await writeFile(join(directory.path, 'pins', '.DS_Store'), 'no pin')
    await using store = await open(directory.path)
    expect(await readdir(join(directory.path, 'partial'))).toEqual([])
    expect((await store.blocks.listPins()).total).toBe(0)
  })

  test('leave nothing in the place for partial files after imports that failed', async () => {
    await using directory = await temporary()
    await using store = await open(directory.path)
    const { cid } = await store.blocks.addFile([noise(300_000)])
    const car = await collect(store.blocks.exportCar(cid))
    const stream = async function* (bytes: Uint8Array) {
      yield bytes
    }
    await expect(store.blocks.importCar(stream(car.subarray(0, 290_000)))).rejects.toMatchObject({ code: 'BAD_DATA' })
    await store.blocks.importCar(stream(car))
    expect(await readdir(join(directory.path, 'partial'))).toEqual([])
  })
})

describe('blocks in files, in a process that is killed', () => {
  test('keep what was answered, and nothing of the import under way', async () => {
    await using directory = await temporary()
    const service = new URL('../../../src/services/blocks/index.ts', import.meta.url).href
    const program = `
      const { createBlocks } = await import(${JSON.stringify(service)})
      const blocks = createBlocks({ directory: ${JSON.stringify(directory.path)} })
      await blocks.start()
      const content = Buffer.alloc(700_000, 'x')
      const { cid } = await blocks.addFile([Buffer.from('answered')], { pin: 'recursive' })
      const source = createBlocks()
      await source.start()
      const added = await source.addFile([content])
      const parts = []
      for await (const part of source.exportCar(added.cid)) parts.push(part)
      await blocks.importCar((async function* () {
        yield Buffer.concat(parts).subarray(0, -100)
        process.stdout.write(cid + '\\n')
        await new Promise(resolve => setTimeout(resolve, 60_000))
      })(), { pin: 'recursive' })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    const exited = once(child, 'exit')
    const [line] = await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await exited
    expect((await readdir(join(directory.path, 'partial'))).length).toBe(1)

    await using store = await open(directory.path)
    const { pins } = await store.blocks.listPins()
    expect(pins.map(({ cid }) => String(cid))).toEqual([String(line).trim()])
    expect(await store.blocks.gc()).toMatchObject({ removedBlocks: 0, keptBlocks: 1 })
    expect(await readdir(join(directory.path, 'partial'))).toEqual([])
  })
})

describe('blocks in files, damaged on the disk', () => {
  test.each([
    ['changed', (path: string) => writeFile(path, 'hello World')],
    ['cut', (path: string) => truncate(path, 4)],
    ['emptied', (path: string) => truncate(path, 0)]
  ])('are a CID_MISMATCH when %s, and heal when the content comes again', async (_, damage) => {
    await using directory = await temporary()
    await using store = await open(directory.path)
    const { cid } = await store.blocks.addFile(text('hello world'))
    const [path = ''] = await blockFiles(directory.path)
    await damage(path)
    await expect(store.blocks.get(cid)).rejects.toMatchObject({ code: 'CID_MISMATCH' })
    await expect(collect(store.blocks.cat(cid))).rejects.toMatchObject({ code: 'CID_MISMATCH' })
    await expect(collect(store.blocks.exportCar(cid))).rejects.toMatchObject({ code: 'CID_MISMATCH' })
    await store.blocks.addFile(text('hello world'))
    expect(await readFile(path, 'utf8')).toBe('hello world')
  })

  test('are told from missing ones when the disk fails', async () => {
    await using directory = await temporary()
    await using store = await open(directory.path)
    const { cid } = await store.blocks.addFile(text('hello world'))
    const [path = ''] = await blockFiles(directory.path)
    await rm(path)
    await expect(store.blocks.get(cid)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await mkdir(path)
    await expect(store.blocks.get(cid)).rejects.toMatchObject({ code: 'EISDIR' })
  })

  test('fail a collection that cannot see below them, which names them and the cure, and nothing is removed', async () => {
    await using directory = await temporary()
    await using store = await open(directory.path)
    const file = await store.blocks.addFile([noise(600_000)])
    const cid = await store.blocks.dagPut({ file: { '/': String(file.cid) } }, { pin: 'recursive' })
    await store.blocks.addFile(text('garbage'))
    const files = await blockFiles(directory.path)
    for (const path of files) {
      const bytes = await readFile(path)
      // The node above the chunks: neither a chunk, nor garbage, nor the value that is pinned.
      if (bytes.length > 60 && bytes.length < 1000) await writeFile(path, 'x')
    }
    for (const dryRun of [true, false]) {
      await expect(store.blocks.gc({ dryRun })).rejects.toMatchObject({
        code: 'CID_MISMATCH',
        details: { cid: String(file.cid), root: String(cid) },
        message: expect.stringMatching(new RegExp(`${file.cid}.*${cid}.*ipfs_import_car.*ipfs_unpin`))
      })
    }
    expect(await blockFiles(directory.path)).toHaveLength(files.length)
    await store.blocks.addFile([noise(600_000)])
    expect(await store.blocks.gc()).toMatchObject({ removedBlocks: 1, keptBlocks: files.length - 1 })
  })
})
