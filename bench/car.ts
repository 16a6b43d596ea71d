/**
 * A file on disk into a CAR on disk, synced: `ipfs_export_car` of the built server, called by a client over HTTP, beside the sha-256
 * of the file, a copy of it, and the stock importer and writer. All give the same root. Then the same by way of the block store.
 */
import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bench, rounds } from './bench.ts'
import { type BuiltServer, startBuiltServer } from './built-server.ts'
import { copyFile, hashFile, stockCar } from './car-rivals.ts'
import { type Figure, ratioFigure } from './figures.ts'

const FILE_MB = 256
const ROUNDS = 7
/** The block store makes a file of each block, and takes as many times longer. */
const STORE_ROUNDS = 5
const KIB = 1024

export const car: Bench = async ({ scratch, own }) => {
  const source = join(scratch, 'source')
  await writeRandom(source)
  const server = await startBuiltServer(scratch, own)
  const figures: Figure[] = []
  for (const chunkBytes of [256 * KIB, 1024 * KIB]) {
    figures.push(...(await direct(scratch, source, server, chunkBytes)))
  }
  return [...figures, ...(await throughStore(scratch, source, server))]
}

async function direct(scratch: string, source: string, { call }: BuiltServer, chunkBytes: number): Promise<Figure[]> {
  const out = join(scratch, 'out')
  const roots = new Set<unknown>()
  const rates = { sha: [] as number[], copy: [] as number[], stock: [] as number[], ours: [] as number[] }
  await measured(ROUNDS, rates, out, {
    sha: () => hashFile(source),
    copy: () => copyFile(source, out),
    stock: async () => roots.add((await stockCar(source, out, chunkBytes)).toString()),
    ours: async () =>
      roots.add((await call('ipfs_export_car', { path: source, output_path: out, chunk_bytes: chunkBytes })).cid)
  })
  if (roots.size !== 1) throw new Error(`The roots differ: ${[...roots].join(', ')}`)
  const against = (rival: readonly number[]) =>
    rates.ours.map((ours, round) => ({ ours, rival: rival[round] ?? Number.NaN }))
  const least = rates.sha.map((rate, round) => Math.min(rate, rates.copy[round] ?? rate))
  const what = `file → CAR, chunks of ${chunkBytes / KIB} KiB`
  return [
    ratioFigure(what, 'MB/s', 'slower of sha-256 and copy', against(least), { atLeast: 0.5 }),
    ratioFigure(what, 'MB/s', 'stock importer and writer', against(rates.stock), { atLeast: 1 }),
    ratioFigure(what, 'MB/s', 'sha-256 of the file', against(rates.sha)),
    ratioFigure(what, 'MB/s', 'copy + fdatasync', against(rates.copy))
  ]
}

async function throughStore(scratch: string, source: string, { call }: BuiltServer): Promise<Figure[]> {
  const out = join(scratch, 'out')
  const rates = { copy: [] as number[], added: [] as number[], exported: [] as number[] }
  let cid: unknown
  await measured(STORE_ROUNDS, rates, out, {
    copy: () => copyFile(source, out),
    added: async () => {
      await call('ipfs_gc', {})
      const startedAt = performance.now()
      ;({ cid } = await call('ipfs_add', { path: source }))
      return performance.now() - startedAt
    },
    exported: () => call('ipfs_export_car', { cid, output_path: out })
  })
  const against = (ours: readonly number[]) =>
    ours.map((rate, round) => ({ ours: rate, rival: rates.copy[round] ?? Number.NaN }))
  return [
    ratioFigure('file → block store', 'MB/s', 'copy + fdatasync', against(rates.added)),
    ratioFigure('block store → CAR', 'MB/s', 'copy + fdatasync', against(rates.exported))
  ]
}

/** Adds the rates of each side in MB/s, after a round that does not count; what was written to `out` goes before the next one. */
async function measured<K extends string>(
  count: number,
  rates: Record<K, number[]>,
  out: string,
  sides: Record<K, () => Promise<unknown>>
): Promise<void> {
  const timed = Object.entries<() => Promise<unknown>>(sides).map(([name, work]) => {
    const side = async () => {
      const startedAt = performance.now()
      const own = await work()
      const ms = typeof own === 'number' ? own : performance.now() - startedAt
      rates[name as K].push((FILE_MB * 1.048576 * 1000) / ms)
      await rm(out, { force: true })
    }
    return [name, side] as const
  })
  await rounds(1, Object.fromEntries(timed))
  for (const samples of Object.values<number[]>(rates)) samples.length = 0
  await rounds(count, Object.fromEntries(timed))
}

/** Bytes that no layer can compress or share. */
async function writeRandom(path: string): Promise<void> {
  await using file = await open(path, 'w')
  for (let mb = 0; mb < FILE_MB; mb++) await file.write(randomBytes(2 ** 20))
  await file.datasync()
}
