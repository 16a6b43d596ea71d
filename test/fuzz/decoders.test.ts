/** `FUZZ=20000 npm run fuzz` makes more rounds; `SEED` repeats a run. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Call } from '../attacks/arena.ts'
import { openRegistryArena } from '../attacks/campaign.ts'
import { documentSamples, webArchiveSamples } from './document-samples.ts'
import { below, createRng, mutate } from './mutate.ts'
import { blockSamples, carOf, carSamples, tableSamples } from './samples.ts'

const ROUNDS = Number(process.env.FUZZ ?? 240)
// Always the same rounds in the test command, so that one that fails is a change of ours; many rounds go new ways.
const SEED = Number(process.env.SEED ?? (process.env.FUZZ ? Date.now() % 2 ** 31 : 140_411_783))
/** Far above what these samples need, far below what a believed length would take. */
const MAX_GROWTH_BYTES = 1024 ** 3
const LIMIT_MS = 60_000 + ROUNDS * 1000

const pick = <T>(rng: () => number, items: readonly T[]): T => {
  const item = items[below(rng, items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from')
  return item
}

/** In a process of its own, under the Node of this one. */
async function runScript(path: string, flags: string[]): Promise<{ code: unknown; stdout: string }> {
  const child = spawn(process.execPath, [...flags, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const parts: Buffer[] = []
  child.stdout.on('data', part => parts.push(part))
  const [code] = await once(child, 'close')
  return { code, stdout: Buffer.concat(parts).toString() }
}

/** Runs the calls of each round and keeps the damaged bytes of those that went wrong. */
async function fuzz(
  setUp: (
    arena: Awaited<ReturnType<typeof openRegistryArena>>
  ) => Promise<(rng: () => number) => Promise<{ bytes: Buffer; calls: Call[] }>>
) {
  await using arena = await openRegistryArena()
  const rng = createRng(SEED)
  const nextRound = await setUp(arena)
  const residentBefore = process.memoryUsage.rss()
  const failures: string[] = []
  const codes = new Map<string, number>()
  for (let round = 0; round < ROUNDS; round++) {
    const { bytes, calls } = await nextRound(rng)
    for (const call of calls) {
      const { wrong, code } = await arena.attack(call)
      codes.set(code, (codes.get(code) ?? 0) + 1)
      if (wrong.length > 0)
        failures.push(
          `round ${round}, ${wrong.join()}: ${JSON.stringify(call)} ${bytes.subarray(0, 2000).toString('base64')}`
        )
    }
    if (process.memoryUsage.rss() - residentBefore > MAX_GROWTH_BYTES) failures.push(`round ${round}: memory grew`)
  }
  if (process.env.FUZZ) console.log(Object.fromEntries(codes))
  expect(failures, `SEED=${SEED}`).toEqual([])
  expect(await arena.inspect()).toEqual([])
}

test(
  'damaged Parquet, CSV, TSV, JSON, JSON lines and Arrow are loaded or refused with a code',
  async () => {
    await fuzz(async arena => {
      const samples = await tableSamples(arena)
      return async rng => {
        const { name, bytes } = pick(rng, samples)
        const damaged = mutate(rng, bytes, pick(rng, samples).bytes)
        const source = `damaged-${name}`
        await writeFile(join(arena.cwd, source), damaged)
        return {
          bytes: damaged,
          calls: [{ tool: 'load_dataset', args: { source, options: { dataset_id: 'damaged' } } }]
        }
      }
    })
  },
  LIMIT_MS
)

test('false lengths at every place of Arrow files and streams are refused with a code, in a small heap', async () => {
  const { code, stdout } = await runScript('test/fuzz/arrow-sweep.ts', ['--max-old-space-size=128'])
  expect(code).toBe(0)
  const { outcomes, peakBytes } = JSON.parse(stdout)
  // A false length that is no length, but a value, is read.
  const { read, BAD_DATA, UNSUPPORTED = 0, TOO_LARGE = 0, INVALID_INPUT = 0, ...others } = outcomes
  expect(others).toEqual({})
  expect(BAD_DATA).toBeGreaterThan(read)
  expect(UNSUPPORTED + TOO_LARGE + INVALID_INPUT).toBeLessThan(read)
  expect(peakBytes).toBeLessThan(512 * 1024 ** 2)
}, 600_000)

test(
  'damaged CARs are imported whole or refused with a code',
  async () => {
    await fuzz(async arena => {
      const samples = await carSamples(arena)
      return async rng => {
        const damaged = mutate(rng, pick(rng, samples).bytes, pick(rng, samples).bytes)
        await writeFile(join(arena.cwd, 'damaged.car'), damaged)
        return { bytes: damaged, calls: [{ tool: 'ipfs_import_car', args: { path: 'damaged.car' } }] }
      }
    })
  },
  LIMIT_MS
)

test(
  'damaged blocks of values and files, under the CID that they then have, are read or refused with a code',
  async () => {
    await fuzz(async arena => {
      const samples = blockSamples()
      return async rng => {
        const { codec, bytes } = pick(rng, samples)
        const damaged = mutate(rng, bytes, pick(rng, samples).bytes)
        const { cid, car } = carOf({ codec, bytes: damaged })
        await writeFile(join(arena.cwd, 'damaged.car'), car)
        const readers = ['ipfs_dag_get', 'ipfs_cat', 'ipfs_ls', 'ipfs_stat', 'get_from_ipfs']
        const calls = [
          { tool: 'ipfs_import_car', args: { path: 'damaged.car', pin: false } },
          ...readers.map(tool => ({ tool, args: { cid } })),
          { tool: 'ipfs_ls', args: { cid: `${cid}/a/b` } }
        ]
        return { bytes: damaged, calls }
      }
    })
  },
  LIMIT_MS
)

test(
  'damaged documents and archives are read, unpacked or refused with a code',
  async () => {
    await fuzz(async arena => {
      const samples = await documentSamples()
      return async rng => {
        const damaged = mutate(rng, pick(rng, samples).bytes, pick(rng, samples).bytes)
        await writeFile(join(arena.cwd, 'damaged.bin'), damaged)
        return {
          bytes: damaged,
          calls: [
            { tool: 'convert_file', args: { input_path: 'damaged.bin', extract_archives: true } },
            { tool: 'extract_archive_contents', args: { archive_path: 'damaged.bin' } }
          ]
        }
      }
    })
  },
  LIMIT_MS
)

test(
  'damaged web archives and indexes are read or refused with a code',
  async () => {
    await fuzz(async arena => {
      const samples = webArchiveSamples()
      return async rng => {
        const damaged = mutate(rng, pick(rng, samples).bytes, pick(rng, samples).bytes)
        await writeFile(join(arena.cwd, 'damaged.warc'), damaged)
        const readers = ['extract_text_from_warc', 'extract_links_from_warc', 'extract_metadata_from_warc']
        return {
          bytes: damaged,
          calls: [
            ...readers.map(tool => ({ tool, args: { warc_path: 'damaged.warc' } })),
            { tool: 'extract_dataset_from_cdxj', args: { cdxj_path: 'damaged.warc', output_format: 'dict' } }
          ]
        }
      }
    })
  },
  LIMIT_MS
)
