/** The shipping dispatcher over a few fixture tools that show what reached them. */
import { z } from 'zod'
import { buildManifest } from '../../scripts/manifest.ts'
import { type Catalog, createCatalog } from '../../src/core/catalog.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { AppError } from '../../src/core/errors.ts'
import { type Log, silentLog } from '../../src/core/log.ts'
import { createMetrics } from '../../src/core/metrics.ts'
import { systemRandom } from '../../src/core/random.ts'
import { type CallContext, type Category, defineTool, type Invoke, type Tool } from '../../src/core/tool.ts'
import { authenticate } from '../../src/runtime/authenticate.ts'
import { type Authorize, createAuthorize } from '../../src/runtime/authorize.ts'
import { createDispatcher, type Dispatcher } from '../../src/runtime/dispatcher.ts'
import { createRouter, type RouterOptions } from '../../src/runtime/router.ts'
import { createServiceHost, type ServiceHost, type ServicePlans } from '../../src/runtime/services.ts'
import { meta } from '../../src/tools/meta/index.ts'

/** What every fixture tool has. */
export const fixture = {
  title: 'A fixture',
  description: 'A fixture of the tests.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'test/run', resource: () => 'test' },
  errors: [],
  examples: []
} as const

const echo = defineTool({
  ...fixture,
  name: 'echo',
  aliases: [
    { name: 'say_again', parameters: { words: 'text' } },
    { name: 'shout', defaults: { times: 2 }, result: ({ text }) => ({ shouted: text.toUpperCase() }) }
  ],
  needs: [],
  input: z.strictObject({
    text: z.string().max(10),
    times: z.int().min(1).max(5).default(1),
    where: z.object({ side: z.string() }).strict().optional()
  }),
  output: z.object({ text: z.string() }),
  run: ({ text, times }) => ({ text: text.repeat(times) })
})

const fail = defineTool({
  ...fixture,
  name: 'fail',
  needs: [],
  input: z.strictObject({ how: z.enum(['known', 'unknown', 'output']) }),
  output: z.object({ answer: z.number() }),
  run({ how }) {
    if (how === 'known') throw new AppError('NOT_FOUND', 'There is nothing like that')
    if (how === 'unknown') throw new Error('secret detail')
    return { answer: Number.NaN }
  }
})

const ownStatus = defineTool({
  ...fixture,
  name: 'own_status',
  needs: [],
  input: z.strictObject({}),
  output: z.object({ status: z.string() }),
  run: () => ({ status: 'the status of a task' })
})

const flood = defineTool({
  ...fixture,
  name: 'flood',
  needs: [],
  input: z.strictObject({ bytes: z.int().min(0).max(1_000_000) }),
  output: z.object({ text: z.string() }),
  limits: { resultBytes: 1000 },
  run: ({ bytes }) => ({ text: 'x'.repeat(bytes) })
})

const needy = defineTool({
  ...fixture,
  name: 'needy',
  needs: ['blocks'],
  input: z.strictObject({}),
  output: z.object({}),
  run: () => ({})
})

/** Waits until it is aborted, and tells why. */
const patient = (
  started: (context: CallContext<never>) => void,
  ended: (reason: unknown) => void,
  runtime: 'general' | 'p2p'
) =>
  defineTool({
    ...fixture,
    name: `wait_${runtime}`,
    runtime,
    needs: [],
    input: z.strictObject({}),
    output: z.object({}),
    run: (_input, context) => {
      started(context)
      return new Promise((_, reject) => {
        context.signal.addEventListener('abort', () => {
          ended(context.signal.reason)
          reject(context.signal.reason)
        })
      })
    }
  })

export interface FixtureNode {
  dispatcher: Dispatcher
  catalog: Catalog
  services: ServiceHost
  metrics: ReturnType<typeof createMetrics>
  /** Calls of the waiting tools that have started, and the reasons why they were aborted. */
  started: CallContext<never>[]
  ended: unknown[]
}

export interface Runner {
  invoke: Invoke
  catalog: () => Catalog
}

export function createFixtureNode({
  clock = systemClock,
  log = silentLog,
  categories = [],
  lanes = {},
  authorize = createAuthorize(() => undefined),
  servicePlans = () => ({})
}: {
  clock?: Clock
  log?: Log
  /** More tools beside those of this file. */
  categories?: readonly Category[]
  lanes?: Partial<RouterOptions>
  /** Who may run what; peers nothing if absent. */
  authorize?: Authorize
  /** Services that this test has, and what some of them need. */
  servicePlans?: (runner: Runner) => Partial<ServicePlans>
} = {}): FixtureNode {
  const started: CallContext<never>[] = []
  const ended: unknown[] = []
  const waits = (['general', 'p2p'] as const).map(runtime =>
    patient(
      context => started.push(context),
      reason => ended.push(reason),
      runtime
    )
  )
  const tools: Tool[] = [echo, fail, ownStatus, flood, needy, ...waits]
  const category: Category = { id: 'test_tools', title: 'Fixtures', summary: 'Fixtures of the tests', tools }
  const metrics = createMetrics()
  const runner: Runner = { invoke: request => dispatcher.invoke(request), catalog: () => catalog }
  const services = createServiceHost({ ...plans(() => catalog), ...servicePlans(runner) })
  const catalog = createCatalog(
    buildManifest([meta, category, ...categories]),
    {
      meta: async () => meta,
      test_tools: async () => category,
      ...Object.fromEntries(categories.map(more => [more.id, async () => more]))
    },
    services.unavailability
  )
  const router = createRouter({ general: { concurrency: 2, queue: 1 }, p2p: { concurrency: 2, queue: 1 }, ...lanes })
  const dispatcher = createDispatcher({
    catalog,
    services,
    router,
    authenticate,
    authorize,
    forward: () => Promise.reject(new AppError('SERVICE_UNAVAILABLE', 'There are no peers in this test')),
    toolTimeoutMs: () => 60_000,
    clock,
    random: systemRandom,
    log,
    metrics
  })
  return { dispatcher, catalog, services, metrics, started, ended }
}

function plans(catalog: () => Catalog): ServicePlans {
  const absent = {
    needs: [],
    unavailable: 'Not part of this test; configure it',
    create: (): never => {
      throw new Error('never asked for')
    }
  }
  return {
    catalog: { needs: [], create: catalog },
    files: absent,
    fetcher: absent,
    decoders: absent,
    calls: absent,
    blocks: absent,
    datasets: absent,
    queue: absent,
    peers: absent,
    workers: absent,
    queries: absent,
    settings: absent,
    system: absent,
    cluster: absent,
    cache: absent,
    objects: absent,
    longCalls: absent
  }
}
