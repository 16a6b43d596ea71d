/** Datasets over DuckDB. `api.ts` has the guarantees; each verb has a file of its own. */
import { type Clock, systemClock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Blocks } from '../blocks/api.ts'
import type { Fetcher } from '../fetcher/api.ts'
import type { Files } from '../files/api.ts'
import type { DatasetNews, Datasets } from './api.ts'
import { type Context, type DatasetsLimits, DEFAULT_LIMITS } from './context.ts'
import { describe } from './describe.ts'
import { diff } from './diff.ts'
import { explain, exportRows } from './explain.ts'
import type { HubSettings } from './hub.ts'
import { dropKept } from './kept-results.ts'
import { lineage } from './lineage.ts'
import { list } from './list.ts'
import { load } from './load.ts'
import { process } from './process.ts'
import { publish } from './publish.ts'
import { ask, query, sample } from './query.ts'
import { createQueryEngines } from './query-engines.ts'
import { save } from './save.ts'
import { split } from './split.ts'
import { createStore } from './store.ts'

export interface DatasetsConfig {
  /** Holds everything of this service. */
  directory: string
  files: Files
  fetcher: Fetcher
  blocks: Blocks
  clock?: Clock
  random?: Random
  limits?: Partial<DatasetsLimits>
  /** Where `hf://` leads. */
  hub?: HubSettings
  /** Hears of every new version once it is stored. Must neither throw nor wait. */
  announce?: (news: DatasetNews) => void
}

export function createDatasets(config: DatasetsConfig): Datasets {
  const { directory, files, fetcher, blocks, clock = systemClock, random = systemRandom } = config
  const store = createStore(directory, blocks, random, config.announce)
  const context: Context = {
    files,
    fetcher,
    blocks,
    clock,
    random,
    store,
    hub: config.hub ?? { endpoint: 'https://huggingface.co' },
    kept: new Map(),
    engines: createQueryEngines(() => context),
    limits: { ...DEFAULT_LIMITS, ...config.limits }
  }
  let isRunning = false

  const lifecycle = createLifecycle(
    async () => {
      await store.open()
      isRunning = true
    },
    async () => {
      isRunning = false
      await context.engines[Symbol.asyncDispose]()
      await dropKept(context.kept)
    }
  )
  /** The context, for as long as the service runs. */
  const running = async () => {
    if (!isRunning) throw new AppError('SERVICE_UNAVAILABLE', 'The datasets service is not running')
    return context
  }

  return {
    ...lifecycle,
    engines: () => context.engines.status(),
    load: async (source, options = {}) => load(await running(), source, options),
    process: async (source, operations, options = {}) => process(await running(), source, operations, options),
    save: async (source, destination, options = {}) => save(await running(), source, destination, options),
    describe: async (id, options = {}) => describe(await running(), id, options),
    sample: async (id, n, seed, options = {}) => sample(await running(), id, n, seed, options),
    query: async (id, sql, options = {}) => query(await running(), id, sql, options),
    ask: async (sql, options = {}) => ask(await running(), sql, options),
    explain: async (sql, options = {}) => explain(await running(), sql, options),
    export: async (sql, to, options = {}) => exportRows(await running(), sql, to, options),
    list: async (options = {}) => list(await running(), options),
    lineage: async (id, options = {}) => lineage(await running(), id, options),
    split: async (id, ratios, seed, options = {}) => split(await running(), id, ratios, seed, options),
    diff: async (left, right, keys, options = {}) => diff(await running(), left, right, keys, options),
    publish: async (id, options = {}) => publish(await running(), id, options)
  }
}
