/** Decoders in threads, with files that take long or break them. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { createDecoders } from '../../../src/services/decoders/index.ts'
import { makeTar } from '../../helpers/tar.ts'

const never = new AbortController().signal

async function open({ threads = 1, queue = 4, memoryMb = 256 } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'decoders-'))
  const decoders = createDecoders({ threads, queue, memoryMb, clock: systemClock })
  await decoders.start()
  onTestFinished(async () => {
    await decoders.stop()
    await rm(directory, { recursive: true })
  })
  const file = async (content: Buffer | string) => {
    const enginePath = join(directory, 'file')
    await writeFile(enginePath, content)
    return { enginePath, sizeBytes: (await stat(enginePath)).size }
  }
  return { decoders, file }
}

/** Handles that this process has open on files below a directory of decoders. */
async function openHandles(): Promise<number> {
  const { readlink } = await import('node:fs/promises')
  const names = await readdir('/proc/self/fd')
  const targets = await Promise.all(names.map(name => readlink(`/proc/self/fd/${name}`).catch(() => '')))
  return targets.filter(target => target.includes('/decoders-')).length
}

const entries = (count: number) => makeTar(Array.from({ length: count }, (_, at) => ({ name: `f${at}`, content: 'x' })))
const options = { depth: 1 }

test('items come one at a time, in order, and the file is closed at the end', async () => {
  const { decoders, file } = await open()
  const names: string[] = []
  for await (const { path } of decoders.decode('archive', await file(entries(50)), options, never)) names.push(path)
  expect(names).toEqual(Array.from({ length: 50 }, (_, at) => `f${at}`))
  expect(await openHandles()).toBe(0)
})

test('leaving in the middle closes the file and gives the thread to the next', async () => {
  const { decoders, file } = await open()
  const tar = await file(entries(50))
  for (let times = 0; times < 5; times++) {
    for await (const { path } of decoders.decode('archive', tar, options, never)) {
      expect(path).toBe('f0')
      break
    }
    expect(await openHandles()).toBe(0)
  }
})

test('an abort before, during and between items ends it with its reason, leaves nothing open, and the next is served', async () => {
  const { decoders, file } = await open()
  const tar = await file(entries(50))
  const reason = new Error('enough')
  const aborted = AbortSignal.abort(reason)
  await expect(decoders.decode('archive', tar, options, aborted).next()).rejects.toBe(reason)

  const between = new AbortController()
  const items = decoders.decode('archive', tar, options, between.signal)
  await items.next()
  between.abort(reason)
  await expect(items.next()).rejects.toBe(reason)

  const page = await file(`<html>${'<p>word</p>'.repeat(1_500_000)}`)
  const during = new AbortController()
  const converting = decoders
    .decode('convert', page, { outputFormat: 'text', insideArchives: false }, during.signal)
    .next()
  setTimeout(() => during.abort(reason), 150)
  await expect(converting).rejects.toBe(reason)
  expect(await decoders.decodeOne('identify', await file('words'), {}, never)).toMatchObject({ extension: 'txt' })
  expect(await openHandles()).toBe(0)
})

test('one beyond the threads waits, one beyond the queue is BUSY, and one that leaves the queue takes no place', async () => {
  const { decoders, file } = await open({ threads: 1, queue: 1 })
  const tar = await file(entries(5))
  const first = decoders.decode('archive', tar, options, never)
  await first.next()
  const leaving = new AbortController()
  const left = decoders.decodeOne('archive', tar, options, leaving.signal)
  await expect(decoders.decodeOne('archive', tar, options, never)).rejects.toMatchObject({ code: 'BUSY' })
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  const waiting = decoders.decodeOne('archive', tar, options, never)
  await first.return(undefined)
  expect(await waiting).toMatchObject({ path: 'f0' })
})

test('a file that needs more memory than a thread may take is TOO_LARGE, and the next is served', async () => {
  const { decoders, file } = await open({ memoryMb: 24 })
  const page = await file('ab,cd,ef\n'.repeat(600_000))
  const converting = decoders.decodeOne('convert', page, { outputFormat: 'text', insideArchives: false }, never)
  await expect(converting).rejects.toMatchObject({ code: 'TOO_LARGE' })
  expect(await decoders.decodeOne('identify', await file('words'), {}, never)).toMatchObject({ extension: 'txt' })
})

test('a stop ends what runs with CANCELLED', async () => {
  const { decoders, file } = await open()
  const page = await file(`<html>${'<p>word</p>'.repeat(1_500_000)}`)
  const converting = decoders.decodeOne('convert', page, { outputFormat: 'text', insideArchives: false }, never)
  setTimeout(() => void decoders.stop(), 150)
  await expect(converting).rejects.toMatchObject({ code: 'CANCELLED' })
  await expect(decoders.decodeOne('identify', page, {}, never)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
})
