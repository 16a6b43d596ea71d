/**
 * Large JSON Lines → filter → Parquet → CAR through the built server, called by a client over HTTP: the time, the highest resident
 * memory of the whole process, and the CID; then the same with a kill -9 half way through every step, and the step again.
 * `JSONL_MB` is the size of the data, 2000 by default.
 */
import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, BenchContext } from './bench.ts'
import { type BuiltServer, startBuiltServer } from './built-server.ts'
import { type Figure, plainFigure } from './figures.ts'

const SIZE_MB = Number(process.env.JSONL_MB ?? 2000)
const PEAK_LIMIT_MB = 300

interface Step {
  tool: string
  args: object
  /** The file that it makes, if it makes one. */
  makes?: string
}

const FILTER = { type: 'filter', column: 'category', condition: '==', value: 'c3' }
const STEPS: readonly Step[] = [
  { tool: 'load_dataset', args: { source: 'rows.jsonl', options: { dataset_id: 'rows' } } },
  { tool: 'process_dataset', args: { dataset_source: 'rows', operations: [FILTER], output_id: 'kept' } },
  { tool: 'save_dataset', args: { dataset_data: 'kept', destination: 'kept.parquet' }, makes: 'kept.parquet' },
  { tool: 'ipfs_export_car', args: { path: 'kept.parquet', output_path: 'kept.car' }, makes: 'kept.car' }
]

export const jsonl: Bench = async ({ scratch, own, say }) => {
  const source = join(scratch, 'rows.jsonl')
  const rows = await generate(source)
  say(`${rows} rows, ${SIZE_MB} MB`)
  const smooth = await runThrough(await workspace(scratch, 'smooth'), own, say)
  const interrupted = await runInterrupted(await workspace(scratch, 'interrupted'), own, smooth.stepSeconds)
  if (interrupted.cid !== smooth.cid) throw new Error(`After kills the CID is ${interrupted.cid}, not ${smooth.cid}`)
  say(`a kill -9 half way through each step left nothing visible, and the steps again gave the same CID: ${smooth.cid}`)
  const size = `${SIZE_MB} MB of JSONL → filter → Parquet → CAR`
  const figures: Figure[] = [plainFigure(size, 's', [smooth.stepSeconds.reduce((sum, seconds) => sum + seconds, 0)])]
  const peaks = [smooth.peakMb, ...interrupted.peaksMb].filter(peak => peak !== undefined)
  if (peaks.length > 0) figures.push(plainFigure('highest resident memory', 'MB', [Math.max(...peaks)], AT_MOST))
  return figures
}

const AT_MOST = { atMost: PEAK_LIMIT_MB }

/** A directory of its own with the same source. */
async function workspace(scratch: string, name: string): Promise<string> {
  const directory = join(scratch, name)
  await mkdir(directory)
  await link(join(scratch, 'rows.jsonl'), join(directory, 'rows.jsonl'))
  return directory
}

async function runThrough(directory: string, own: BenchContext['own'], say: BenchContext['say']) {
  const server = await startBuiltServer(directory, own)
  const stepSeconds: number[] = []
  let cid: unknown
  for (const { tool, args } of STEPS) {
    const startedAt = performance.now()
    ;({ cid } = await server.call(tool, args))
    const seconds = (performance.now() - startedAt) / 1000
    stepSeconds.push(seconds)
    say(`${tool}: ${seconds.toFixed(1)} s, peak so far ${await server.peakMb()} MB`)
  }
  const peakMb = await server.peakMb()
  await server.kill()
  await rm(directory, { recursive: true })
  return { cid, stepSeconds, peakMb }
}

/** Each step is begun, killed half way, and made again by the next process. */
async function runInterrupted(directory: string, own: BenchContext['own'], stepSeconds: readonly number[]) {
  const peaksMb: (number | undefined)[] = []
  let cid: unknown
  for (const [index, { tool, args }] of STEPS.entries()) {
    const first = await startBuiltServer(directory, own)
    const killed = first.call(tool, args).then(
      () => Promise.reject(new Error(`${tool} ended before it could be killed`)),
      () => {}
    )
    await Promise.race([killed, sleep(((stepSeconds[index] ?? 0) / 2) * 1000)])
    await first.kill()
    await killed
    const second = await startBuiltServer(directory, own)
    await demandNothingOf(index, second, directory)
    ;({ cid } = await second.call(tool, args))
    peaksMb.push(await second.peakMb())
    await second.kill()
  }
  return { cid, peaksMb }
}

/** What is there after a kill in a step is what the steps before it made, and nothing else. */
async function demandNothingOf(step: number, { call }: BuiltServer, directory: string): Promise<void> {
  const { total } = await call('list_datasets', {})
  const visible = (await readdir(directory)).filter(name => !name.startsWith('.')).sort()
  const expected = ['data', 'rows.jsonl', ...STEPS.slice(0, step).flatMap(({ makes }) => makes ?? [])].sort()
  if (visible.join() !== expected.join() || total !== Math.min(step, 2)) {
    throw new Error(`After a kill in step ${step} there are ${visible.join()} and ${total} datasets`)
  }
}

/** Rows of some 285 bytes, a sixth of which is kept; texts that do not compress away. */
async function generate(path: string): Promise<number> {
  await using file = await open(path, 'w')
  let rows = 0
  for (let written = 0; written < SIZE_MB * 1e6; ) {
    const noise = randomBytes(2 ** 20).toString('hex')
    const lines: string[] = []
    for (let at = 0; at + 160 <= noise.length; at += 160) {
      const price = (Number.parseInt(noise.slice(at, at + 6), 16) / 100).toFixed(2)
      const time = new Date(1.7e12 + rows * 1000).toISOString()
      const text = noise.slice(at, at + 160)
      lines.push(`{"id":${rows},"category":"c${rows % 6}","price":${price},"created_at":"${time}","text":"${text}"}\n`)
      rows++
    }
    written += (await file.write(lines.join(''))).bytesWritten
  }
  return rows
}
