/** The shipping catalogue and dispatcher over any number of tools, of which all but one are there to be in the way. */
import { z } from 'zod'
import { buildManifest } from '../scripts/manifest.ts'
import { type Catalog, createCatalog } from '../src/core/catalog.ts'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { createMetrics } from '../src/core/metrics.ts'
import { systemRandom } from '../src/core/random.ts'
import { type Category, defineTool, type Tool } from '../src/core/tool.ts'
import type { Tracer } from '../src/core/tracer.ts'
import { authenticate } from '../src/runtime/authenticate.ts'
import { createAuthorize } from '../src/runtime/authorize.ts'
import { createDispatcher, type Dispatcher } from '../src/runtime/dispatcher.ts'
import { createRouter } from '../src/runtime/router.ts'
import { createServiceHost, type ServicePlans } from '../src/runtime/services.ts'
import { meta } from '../src/tools/meta/index.ts'

/** As many as the categories of this server have on average. */
const TOOLS_PER_CATEGORY = 80

const common = {
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'bench/run', resource: () => 'bench' },
  needs: [],
  errors: ['NOT_FOUND'],
  examples: []
} as const

export const noop = defineTool({
  ...common,
  name: 'noop',
  title: 'Answer at once',
  description: 'Answers with the text that it was given.',
  input: z.strictObject({ text: z.string().max(100) }),
  output: z.object({ text: z.string() }),
  run: ({ text }) => ({ text })
})

export const wait = defineTool({
  ...common,
  name: 'wait',
  title: 'Answer later',
  description: 'Answers after the given time.',
  input: z.strictObject({ ms: z.int().min(0).max(60_000) }),
  output: z.object({ ms: z.number() }),
  run: async ({ ms }, { clock }) => {
    await new Promise<void>(resolve => clock.after(ms, resolve))
    return { ms }
  }
})

/** A tool of the usual size that nobody calls. */
function bystander(number: number): Tool {
  return defineTool({
    ...common,
    name: `bystander_${number}`,
    title: `Count the rows of table ${number}`,
    description: `Counts the rows of table ${number} that fit a condition. For other tables see the other tools; at most ${number} rows.`,
    input: z.strictObject({
      path: z.string().min(1).max(4096).describe('The file with the table'),
      condition: z.string().max(1000).optional().describe('A condition in SQL'),
      limit: z.int().min(1).max(100_000).default(1000).describe('How many rows are looked at'),
      columns: z.array(z.string().max(128)).max(100).optional().describe('The columns that must have a value')
    }),
    output: z.object({ rows: z.int().min(0), columns: z.array(z.string()) }),
    run: () => ({ rows: 0, columns: [] })
  })
}

export interface FixtureOptions {
  /** Tools in all beside the ones about tools; at least 1. */
  tools: number
  /** Calls at once, and calls that may wait, in the lane. The shipped defaults if absent. */
  lane?: { concurrency: number; queue: number }
}

export function createFixtureNode(
  { tools, lane = { concurrency: 16, queue: 256 } }: FixtureOptions,
  tracer?: Tracer
): {
  dispatcher: Dispatcher
  catalog: Catalog
} {
  const categories = [meta, ...categoriesOf([noop, ...(tools > 1 ? [wait] : []), ...bystanders(tools - 2)])]
  // No tool here needs another service, so none is ever looked up.
  const plans = { catalog: { needs: [], create: () => catalog } } as unknown as ServicePlans
  const services = createServiceHost(plans)
  const loaders = Object.fromEntries(categories.map(category => [category.id, async () => category]))
  const catalog: Catalog = createCatalog(buildManifest(categories), loaders, services.unavailability)
  const dispatcher = createDispatcher({
    catalog,
    services,
    router: createRouter({ general: lane, p2p: lane }),
    authenticate,
    authorize: createAuthorize(() => undefined),
    forward: () => Promise.reject(new Error('There are no peers in this bench')),
    toolTimeoutMs: () => 120_000,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    metrics: createMetrics(),
    tracer
  })
  return { dispatcher, catalog }
}

function bystanders(count: number): Tool[] {
  return Array.from({ length: Math.max(0, count) }, (_, number) => bystander(number))
}

function categoriesOf(tools: readonly Tool[]): Category[] {
  const count = Math.ceil(tools.length / TOOLS_PER_CATEGORY)
  return Array.from({ length: count }, (_, number) => ({
    id: `bench_${number}`,
    title: `Bench ${number}`,
    summary: `Part ${number} of the tools of the bench`,
    tools: tools.slice(number * TOOLS_PER_CATEGORY, (number + 1) * TOOLS_PER_CATEGORY)
  }))
}
