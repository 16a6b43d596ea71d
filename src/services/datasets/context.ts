/** What the verbs of this service share. */
import { availableParallelism } from 'node:os'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { Row } from './api.ts'
import { type Engine, type EngineLimits, openEngine } from './engine.ts'
import type { KeptResults } from './kept-results.ts'
import type { QueryEngines } from './query-engines.ts'
import type { SourceServices } from './sources.ts'
import type { Scratch } from './store.ts'

export interface DatasetsLimits extends EngineLimits {
  /** Threads of a query where they change neither its rows nor the order of its pages. */
  queryThreads: number
  /** JSON bytes of the rows of one page. */
  pageBytes: number
  /** Versions that a lineage lists. */
  lineageNodes: number
}

export const DEFAULT_LIMITS: DatasetsLimits = {
  memoryLimit: '512MiB',
  threads: 1,
  // More would share the memory limit in parts too small for a large aggregate.
  queryThreads: Math.min(availableParallelism(), 8),
  pageBytes: 48 * 1024,
  lineageNodes: 200
}

export interface Context extends SourceServices {
  clock: Clock
  random: Random
  limits: DatasetsLimits
  /** Results of queries that have more pages. */
  kept: KeptResults
  engines: QueryEngines
}

/** A directory and an engine for one piece of work; both are gone when it is left. */
export async function withEngine<T>(
  context: Context,
  work: (engine: Engine, scratch: Scratch) => Promise<T>
): Promise<T> {
  const opened = await openScratchEngine(context)
  await using scratch = opened.scratch
  await using engine = opened.engine
  return await work(engine, scratch)
}

/** The caller closes the engine, then the directory. */
export async function openScratchEngine({ store, limits }: Context): Promise<{ engine: Engine; scratch: Scratch }> {
  const scratch = await store.scratch()
  try {
    return { engine: await openEngine(limits, scratch.path), scratch }
  } catch (error) {
    await scratch[Symbol.asyncDispose]()
    throw error
  }
}

/** A count that the engine gave. */
export function countOf(row: Row | undefined, name = 'n'): number {
  return Number(row?.[name] ?? 0)
}
