/**
 * Puts false lengths at every place of small Arrow files and streams and reads each. A process of its own, so that its heap can be
 * small and its death be seen: prints how many reads ended in each way, and its peak of resident memory.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../src/core/errors.ts'
import { readArrow } from '../../src/services/datasets/arrow-reader.ts'
import { openEngine } from '../../src/services/datasets/engine.ts'
import { arrowSamples } from './arrow-samples.ts'

const IS_LONG = process.env.FUZZ !== undefined
const FALSE_32 = IS_LONG ? [0x7fffffff, 0xffffffff, 0x10000000, 0x80000000, 0x400] : [0x7fffffff]
const FALSE_64 = IS_LONG ? [2n ** 63n - 1n, 2n ** 40n, 2n ** 31n, 2n ** 64n - 1n, 0x4000n] : [2n ** 40n]

const directory = await mkdtemp(join(tmpdir(), 'sweep-'))
const path = join(directory, 'x.arrow')
const outcomes: Record<string, number> = {}
let engine = await openEngine({ memoryLimit: '256MB', threads: 1 }, directory)

async function read(bytes: Buffer, what: string): Promise<void> {
  await writeFile(path, bytes)
  const outcome = await readArrow(engine, path, AbortSignal.timeout(20_000)).then(
    () => 'read',
    error => (error instanceof AppError ? error.code : `${error} at ${what}`)
  )
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  await engine.run('DROP TABLE IF EXISTS "__arrow"')
}

for (const [name, sample] of Object.entries(arrowSamples())) {
  await read(sample, name)
  for (let at = 0; at + 4 <= sample.length; at += 4) {
    for (const value of FALSE_32) {
      const lying = Buffer.from(sample)
      lying.writeUInt32LE(value, at)
      await read(lying, `${name} ${at} ${value}`)
    }
    if (at % 8 !== 0 || at + 8 > sample.length) continue
    for (const value of FALSE_64) {
      const lying = Buffer.from(sample)
      lying.writeBigUInt64LE(value, at)
      await read(lying, `${name} ${at} ${value}`)
    }
  }
  // What the engine keeps of tables that were dropped is not what is measured here.
  await engine[Symbol.asyncDispose]()
  engine = await openEngine({ memoryLimit: '256MB', threads: 1 }, directory)
}
await engine[Symbol.asyncDispose]()
await rm(directory, { recursive: true })
console.log(JSON.stringify({ outcomes, peakBytes: process.resourceUsage().maxRSS * 1024 }))
