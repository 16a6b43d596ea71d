/**
 * A file on disk into a CAR on disk, synced: the service that ships, beside the sha-256 of the file, a copy of it, and the stock
 * importer and writer. All give the same root.
 */
import { randomBytes } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createBlocks } from '../src/services/blocks/index.ts'
import { type Bench, rounds } from './bench.ts'
import { copyFile, hashFile, readChunks, stockCar, writeSynced } from './car-rivals.ts'
import { ratioFigure } from './figures.ts'

const FILE_MB = 256
const ROUNDS = 5
const CHUNK_BYTES = 256 * 1024

export const car: Bench = async ({ scratch }) => {
  const source = join(scratch, 'source')
  await writeRandom(source)
  const out = join(scratch, 'out')
  const rates = { sha: [] as number[], copy: [] as number[], stock: [] as number[], ours: [] as number[] }
  const roots = new Set<string>()

  /** Adds a rate in MB/s; what was written goes before the next one. */
  async function timed(into: number[], work: () => Promise<unknown>): Promise<void> {
    const startedAt = performance.now()
    await work()
    into.push((FILE_MB * 1000) / (performance.now() - startedAt))
    await rm(out, { force: true })
  }

  const sides = {
    sha: () => timed(rates.sha, () => hashFile(source)),
    copy: () => timed(rates.copy, () => copyFile(source, out)),
    stock: () => timed(rates.stock, async () => roots.add((await stockCar(source, out, CHUNK_BYTES)).toString())),
    ours: async () => {
      const directory = join(scratch, 'blocks')
      await timed(rates.ours, async () => roots.add(await shippedCar(source, out, directory)))
      await rm(directory, { recursive: true })
    }
  }
  await rounds(1, sides)
  for (const samples of Object.values(rates)) samples.length = 0
  await rounds(ROUNDS, sides)
  if (roots.size !== 1) throw new Error(`The roots differ: ${[...roots].join(', ')}`)

  const against = (rival: readonly number[]) =>
    rates.ours.map((ours, round) => ({ ours, rival: rival[round] ?? Number.NaN }))
  const least = rates.sha.map((rate, round) => Math.min(rate, rates.copy[round] ?? rate))
  return [
    ratioFigure('file → CAR, chunks of 256 KiB', 'MB/s', 'slower of sha-256 and copy', against(least), {
      atLeast: 0.5
    }),
    ratioFigure('the same', 'MB/s', 'stock importer and writer', against(rates.stock), { atLeast: 1 }),
    ratioFigure('the same', 'MB/s', 'sha-256 of the file', against(rates.sha)),
    ratioFigure('the same', 'MB/s', 'copy + fdatasync', against(rates.copy))
  ]
}

async function shippedCar(source: string, out: string, directory: string): Promise<string> {
  const blocks = createBlocks({ directory })
  await blocks.start()
  try {
    const { cid } = await blocks.addFile(readChunks(source))
    await writeSynced(out, blocks.exportCar(cid))
    return cid.toString()
  } finally {
    await blocks.stop()
  }
}

/** Bytes that no layer can compress or share. */
async function writeRandom(path: string): Promise<void> {
  await using file = await open(path, 'w')
  for (let mb = 0; mb < FILE_MB; mb++) await file.write(randomBytes(2 ** 20))
  await file.datasync()
}
