/**
 * The composition root: builds the parts of a node and connects them. The process that owns the data directory runs calls itself;
 * any other sends them to the owner, and takes over when the owner is gone.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from './config.ts'
import { type Catalog, createCatalog, type Manifest } from './core/catalog.ts'
import { type Clock, systemClock } from './core/clock.ts'
import { AppError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import { createMetrics, type Metrics } from './core/metrics.ts'
import { type Random, systemRandom } from './core/random.ts'
import type { Invoke } from './core/tool.ts'
import manifest from './manifest.json' with { type: 'json' }
import { authenticate } from './runtime/authenticate.ts'
import { createDispatcher } from './runtime/dispatcher.ts'
import { createRouter } from './runtime/router.ts'
import { createServiceHost, type ServicePlans } from './runtime/services.ts'
import { openDataDirectory } from './services/directory/index.ts'
import { categoryLoaders } from './tools/index.ts'
import { createRemoteInvoke, UnreachableError } from './transports/remote-invoke.ts'
import { VERSION } from './version.ts'

/** How long a new owner may take from its lock to its socket. */
const OWNER_START_MS = 10_000
const OWNER_RETRY_MS = 50

export interface Node extends AsyncDisposable {
  invoke: Invoke
  catalog: Catalog
  metrics: Metrics
  /** Where the owner of the data directory listens. */
  socketPath: string
  /** Calls `listen` once, as soon as this process owns the data directory. */
  onOwned(listen: () => Promise<void>): void
  /** Aborts what runs, stops the services and gives the data directory up. */
  stop(): Promise<void>
}

export interface NodeParts {
  log: Log
  clock?: Clock
  random?: Random
}

/** Builds a node and claims its data directory if that is free. Services start when a call needs them. */
export async function startNode(
  config: Config,
  { log, clock = systemClock, random = systemRandom }: NodeParts
): Promise<Node> {
  const metrics = createMetrics()
  const directory = openDataDirectory(config.data_dir)
  const services = createServiceHost(servicePlans(config, { clock, random }, () => catalog))
  // JSON has no literal types; the manifest is written by a script from typed declarations and checked for freshness.
  const catalog = createCatalog(manifest as unknown as Manifest, categoryLoaders, services.unavailability)
  const router = createRouter({
    general: { concurrency: config.limits.general_concurrency, queue: config.limits.general_queue },
    p2p: { concurrency: config.limits.p2p_concurrency, queue: config.limits.p2p_queue }
  })
  const dispatcher = createDispatcher({ catalog, services, router, authenticate, clock, random, log, metrics })
  const callOwner = createRemoteInvoke(
    { socketPath: directory.socketPath },
    { name: 'ipfs-datasets-mcp', version: VERSION }
  )

  let isOwner = false
  let listen: (() => Promise<void>) | undefined

  async function claim(): Promise<boolean> {
    if (isOwner) return true
    isOwner = await directory.claim()
    if (isOwner) await listen?.()
    return isOwner
  }
  await claim()

  /** The owner may have its lock and not yet its socket, or be dying with its socket gone and its lock still held. */
  const invoke: Invoke = async request => {
    for (const giveUpAt = clock.monotonic() + OWNER_START_MS; ; await sleep(OWNER_RETRY_MS)) {
      if (await claim()) return await dispatcher.invoke(request)
      try {
        return await callOwner(request)
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error
        if (clock.monotonic() > giveUpAt) throw unreachableOwner(config.data_dir, error)
      }
    }
  }

  async function stop(): Promise<void> {
    await dispatcher.stop()
    await services.stop()
    directory.release()
    isOwner = false
  }

  return {
    invoke,
    catalog,
    metrics,
    socketPath: directory.socketPath,
    onOwned(start) {
      listen = start
      if (isOwner) void start().catch(error => log.error('the socket of the data directory is not open', { error }))
    },
    stop,
    [Symbol.asyncDispose]: stop
  }
}

function unreachableOwner(path: string, cause: Error): AppError {
  return new AppError(
    'DATA_DIRECTORY_BUSY',
    `Another process owns ${path} and does not answer; end it, or choose another directory with --data-dir`,
    { cause }
  )
}

function servicePlans(
  config: Config,
  { clock, random }: { clock: Clock; random: Random },
  catalog: () => Catalog
): ServicePlans {
  const below = (name: string) => join(config.data_dir, name)
  return {
    catalog: { needs: [], create: catalog },
    files: {
      needs: [],
      create: async () =>
        (await import('./services/files/index.ts')).createFiles({
          roots: [...config.roots, config.data_dir],
          scratchDirectory: below('scratch'),
          protected: [config.data_dir]
        })
    },
    fetcher: {
      needs: [],
      create: async () =>
        (await import('./services/fetcher/index.ts')).createFetcher({
          allowHttp: config.fetch.allow_http,
          allowLoopback: config.fetch.allow_loopback
        })
    },
    blocks: {
      needs: [],
      create: async () => (await import('./services/blocks/index.ts')).createBlocks({ directory: config.data_dir })
    },
    datasets: {
      needs: ['files', 'fetcher', 'blocks'],
      create: async ({ files, fetcher, blocks }) =>
        (await import('./services/datasets/index.ts')).createDatasets({
          directory: below('datasets'),
          files,
          fetcher,
          blocks,
          clock,
          random,
          limits: { memoryLimit: config.duckdb.memory_limit, threads: config.duckdb.threads }
        })
    }
  }
}
