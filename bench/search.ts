/**
 * How well and how fast tools_search finds tools. Prints a table, and JSON with `--json`. Well: the share of the frozen tasks
 * whose tool is among the first five. Fast: times of single queries in this process over a catalogue of 4,000 made-up tools.
 */
import { cpus } from 'node:os'
import { buildManifest } from '../scripts/manifest.ts'
import type { ManifestCategory, ManifestTool } from '../src/core/catalog.ts'
import { createToolSearch, type ToolSearch } from '../src/domain/search/search.ts'
import { categoryLoaders } from '../src/tools/index.ts'
import { evaluate } from '../test/search/evaluate.ts'
import { searchTasks } from '../test/search/tasks.ts'

const TOOLS = 4000
const PER_CATEGORY = 80
const ROUNDS = 20

const verbs =
  'load store list count merge split rank index embed crawl scan sign seal route queue plan watch trace score cut'
const things =
  'graph vector email video court law patent page frame token model cluster cache peer task alert license report map song'
const ways = 'fast local remote signed cached nested batch daily public private'
const [VERBS, THINGS, WAYS] = [verbs.split(' '), things.split(' '), ways.split(' ')] as const

/** The real tools, and made-up ones with real schemas until there are `count`. */
function growCatalogue(real: readonly ManifestCategory[], count: number): ManifestCategory[] {
  const pattern = real.flatMap(category => category.tools)
  const made: ManifestTool[] = []
  for (let number = pattern.length; number < count; number++) {
    const source = pattern[number % pattern.length]
    const verb = VERBS[number % VERBS.length] ?? ''
    const thing = THINGS[Math.floor(number / VERBS.length) % THINGS.length] ?? ''
    const way = WAYS[Math.floor(number / (VERBS.length * THINGS.length)) % WAYS.length] ?? ''
    if (!source) continue
    const name = `${verb}_${way}_${thing}_${number}`
    const description = `${verb}s each ${way} ${thing} it is given. ${source.description}`
    made.push({ ...source, name, category: categoryOf(number), title: `${verb} a ${way} ${thing}`, description })
  }
  const ids = [...new Set(made.map(tool => tool.category))]
  return [...real, ...ids.map(id => ({ id, title: id, summary: id, tools: made.filter(tool => tool.category === id) }))]
}

const categoryOf = (number: number) => `made_up_${Math.floor(number / PER_CATEGORY)}_tools`

/** Times of single queries in milliseconds, sorted. The first round warms up and is not counted. */
function timeQueries(search: ToolSearch): number[] {
  const times: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { task } of searchTasks) {
      const start = performance.now()
      search.search(task, { limit: 5 })
      if (round > 0) times.push(performance.now() - start)
    }
  }
  return times.sort((a, b) => a - b)
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
const round = (value: number) => Math.round(value * 1000) / 1000

const categories = await Promise.all(Object.values(categoryLoaders).map(load => load()))
const real = buildManifest(categories).categories
const quality = (['tuning', 'held_out'] as const).map(half => evaluate(createToolSearch(real), half))

const grown = growCatalogue(real, TOOLS)
const start = performance.now()
const search = createToolSearch(grown)
search.search('first', { limit: 1 })
const buildMs = performance.now() - start
const times = timeQueries(search)

const result = {
  machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
  tools: real.reduce((sum, category) => sum + category.tools.length, 0),
  quality: quality.map(({ half, tasks, first, firstFive }) => ({
    half,
    tasks,
    first: round(first),
    firstFive: round(firstFive)
  })),
  speed: {
    tools: grown.reduce((sum, category) => sum + category.tools.length, 0),
    queries: times.length,
    indexBuildMs: round(buildMs),
    p50Ms: round(at(times, 0.5)),
    p99Ms: round(at(times, 0.99)),
    maxMs: round(times.at(-1) ?? 0)
  }
}
if (process.argv.includes('--json')) {
  console.log(JSON.stringify(result))
} else {
  console.table(result.quality)
  console.table([result.speed])
  for (const { task, found } of quality[0]?.missed ?? []) {
    console.log(`missed (tuning): ${task.task} → ${task.expect.join(', ')}; found ${found.join(', ')}`)
  }
}
