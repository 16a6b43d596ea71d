/** `npm run bench [-- names…]`: runs the benches one after another, prints a table and writes bench/results/<time>.json. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.ts'
import type { Figure } from './figures.ts'
import { describeMachine } from './machine.ts'
import { formatFigures } from './table.ts'

/** A bench that hangs is ended with everything that it started. */
const BENCH_LIMIT_MS = 15 * 60_000
const RESULTS = fileURLToPath(new URL('results', import.meta.url))

const benches: Record<string, () => Promise<Bench>> = {
  'start-up': async () => (await import('./start-up.ts')).startUp,
  http: async () => (await import('./http.ts')).http,
  catalogue: async () => (await import('./catalogue.ts')).catalogue,
  lists: async () => (await import('./lists.ts')).lists,
  telemetry: async () => (await import('./telemetry.ts')).telemetry,
  flood: async () => (await import('./flood.ts')).flood,
  car: async () => (await import('./car.ts')).car,
  sql: async () => (await import('./sql.ts')).sql,
  jsonl: async () => (await import('./jsonl.ts')).jsonl,
  queue: async () => (await import('./queue.ts')).queue,
  'peers-call': async () => (await import('./peers-call.ts')).peersCall,
  'peers-saturated': async () => (await import('./peers-saturated.ts')).peersSaturated,
  'peers-attacked': async () => (await import('./peers-attacked.ts')).peersAttacked,
  'peers-work': async () => (await import('./peers-work.ts')).peersWork,
  'peers-reuse': async () => (await import('./peers-reuse.ts')).peersReuse,
  'peers-start': async () => (await import('./peers-start.ts')).peersStart
}

const names = process.argv.slice(2)
const unknown = names.filter(name => !Object.hasOwn(benches, name))
if (unknown.length > 0) {
  console.error(`No bench is named ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}

const results: Record<string, { seconds: number; figures?: Figure[]; problem?: string }> = {}
for (const [name, load] of Object.entries(benches)) {
  if (names.length > 0 && !names.includes(name)) continue
  console.log(`\n# ${name}`)
  const startedAt = performance.now()
  try {
    const figures = await runBounded(await load())
    results[name] = { seconds: secondsSince(startedAt), figures }
    console.log(formatFigures(figures))
  } catch (error) {
    results[name] = { seconds: secondsSince(startedAt), problem: String(error) }
    console.error(error)
    process.exitCode = 1
  }
}

const report = { ...describeMachine(), benches: results }
await mkdir(RESULTS, { recursive: true })
const file = join(RESULTS, `${report.at.replaceAll(':', '-')}.json`)
await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`)
console.log(`\nEvery sample is in ${file}`)
// What a bench out of time left behind must not keep this process.
process.exit()

async function runBounded(bench: Bench): Promise<Figure[]> {
  await using own = new AsyncDisposableStack()
  const scratch = await mkdtemp(join(tmpdir(), 'ipfs-datasets-bench-'))
  own.defer(() => rm(scratch, { recursive: true, force: true }))
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`Out of time after ${BENCH_LIMIT_MS} ms`)), BENCH_LIMIT_MS)
  own.defer(() => clearTimeout(timer))
  return await Promise.race([late.promise, bench({ scratch, own, say: text => console.log(`  ${text}`) })])
}

function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) / 100) / 10
}
