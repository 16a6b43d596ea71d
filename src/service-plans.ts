/** The services of a node: how each is built under a configuration, and on which others it stands. */

import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { childModule, startChild } from './child.ts'
import { savedPath } from './config/saved.ts'
import type { Config } from './config.ts'
import type { Catalog } from './core/catalog.ts'
import type { Clock } from './core/clock.ts'
import type { Log } from './core/log.ts'
import type { Metrics } from './core/metrics.ts'
import type { Random } from './core/random.ts'
import type { Invoke } from './core/tool.ts'
import type { Tracer } from './core/tracer.ts'
import { refusedType } from './domain/tasks/refuse-type.ts'
import type { LiveSettings } from './live-settings.ts'
import { authenticate } from './runtime/authenticate.ts'
import type { ServicePlans } from './runtime/services.ts'
import { observeCache, observeDatasets, observePeers, observeQueue } from './service-metrics.ts'
import type { Cache } from './services/cache/api.ts'
import type { CallHistory } from './services/calls/api.ts'
import type { PeerLimits, Peers } from './services/peers/api.ts'
import type { ServiceControl } from './services/system/index.ts'
import { TYPES_RUN_HERE } from './services/workers/api.ts'
import type { ChangeFeed } from './transports/changes.ts'
import { VERSION } from './version.ts'

const DAY_MS = 86_400_000
/** A client that does not come back for its task within this time has given it up. */
const MAX_TASK_TTL_MS = DAY_MS

const PEERS_OFF =
  'Peer-to-peer is off; start the server with --p2p, or set p2p.enabled. It comes on by itself once a peer is trusted'

const peersDirectory = (config: Config) => join(config.data_dir, 'peers')

/** Asked for, or a peer is trusted from before. */
export function arePeersOn(config: Config): boolean {
  const book = join(peersDirectory(config), 'peers.json')
  return config.p2p.enabled || (existsSync(book) && readFileSync(book, 'utf8').includes('"grant":'))
}

function peerLimits({ p2p }: Config): PeerLimits {
  return {
    maxFrameBytes: p2p.max_frame_bytes,
    maxRequestsPerPeer: p2p.max_requests_per_peer,
    maxStreamsPerPeer: p2p.max_streams_per_peer,
    maxBytesPerPeer: p2p.max_bytes_per_peer,
    maxConnectionsPerPeer: p2p.max_connections_per_peer,
    maxConnections: p2p.max_connections,
    messagesPerSecond: p2p.messages_per_second,
    bytesPerSecond: p2p.bytes_per_second,
    replayWindowMs: p2p.replay_window_s * 1000,
    replayEntries: p2p.replay_entries,
    requestTimeoutMs: p2p.request_timeout_s * 1000,
    idleMs: p2p.idle_s * 1000,
    strangersPerSecond: p2p.strangers_per_second
  }
}

export const queueDirectory = (config: Config) => join(config.data_dir, 'queue')

export interface PlanParts {
  clock: Clock
  random: Random
  log: Log
  metrics: Metrics
  tracer: Tracer | undefined
  calls: CallHistory
  changes: ChangeFeed
  /** Whether a worker of this process comes with the queue. */
  hasWorker: boolean
  invokeHere: Invoke
  live: LiveSettings
  control: ServiceControl
  /** Told when peers can be reached, so that what they may do is known to who decides. */
  onPeers: (peers: Peers) => void
  onLongCallChange: (taskId: string) => void
  catalog: () => Catalog
}

/** How each service is built, from what, and why it may not run. */
export function servicePlans(config: Config, parts: PlanParts): ServicePlans {
  const { metrics, tracer, calls, live, control } = parts
  let cache: Cache | undefined
  const { clock, random, log, changes, hasWorker, invokeHere, onPeers, onLongCallChange, catalog } = parts
  const below = (name: string) => join(config.data_dir, name)
  const { memory_limit, threads } = config.duckdb
  return {
    catalog: { needs: [], create: catalog },
    calls: { needs: [], create: () => calls },
    files: {
      needs: [],
      create: async () => {
        const { createFiles } = await import('./services/files/index.ts')
        // Calls may read the data directory, and write only to the folder in it that is theirs.
        const forCalls = below('files')
        await mkdir(forCalls, { recursive: true, mode: 0o700 })
        return createFiles({
          roots: [...config.roots, config.data_dir, forCalls],
          scratchDirectory: below('scratch'),
          protected: [config.data_dir]
        })
      }
    },
    fetcher: {
      needs: [],
      create: async () =>
        (await import('./services/fetcher/index.ts')).createFetcher({
          allowHttp: config.fetch.allow_http,
          allowLoopback: config.fetch.allow_loopback
        })
    },
    decoders: {
      needs: [],
      create: async () =>
        (await import('./services/decoders/index.ts')).createDecoders({
          start: startChild,
          module: childModule('decoder-child'),
          processes: config.limits.worker_processes ?? Math.max(1, availableParallelism() - 1),
          queue: config.limits.worker_queue,
          memoryMb: config.limits.worker_memory_mb,
          clock
        })
    },
    blocks: {
      needs: [],
      create: async () => {
        const url = config.ipfs.kubo_rpc
        const kubo = url === undefined ? undefined : { url, secret: config.kuboSecret }
        const { createBlocks } = await import('./services/blocks/index.ts')
        return createBlocks({ directory: config.data_dir, ...(kubo && { kubo }) })
      }
    },
    queue: {
      needs: ['blocks'],
      ...(hasWorker && { brings: 'workers' }),
      create: async ({ blocks }) => {
        const { createQueue } = await import('./services/queue/index.ts')
        const queue = createQueue({
          directory: queueDirectory(config),
          blocks,
          clock,
          random,
          log,
          keepFinishedDays: config.queue.keep_finished_days,
          keepFinished: config.queue.keep_finished,
          refuseType: type => refusedType(type, TYPES_RUN_HERE),
          trace: tracer?.current
        })
        observeQueue(metrics, queue, clock)
        return queue
      }
    },
    peers: {
      needs: [],
      ...(!arePeersOn(config) && { unavailable: PEERS_OFF }),
      create: async () => {
        const { createFileStorage, createPeers } = await import('./services/peers/index.ts')
        const { grantedTools } = await import('./tools/peer-fields.ts')
        const granted = (more: readonly string[]) => grantedTools(catalog(), more)
        const peers = createPeers({
          storage: createFileStorage(peersDirectory(config)),
          clock,
          random,
          log,
          version: VERSION,
          listen: config.p2p.listen,
          announce: config.p2p.announce,
          bootstrap: config.p2p.bootstrap,
          useMdns: config.p2p.mdns,
          allowed: { peerIds: config.p2p.allow, grant: { tools: granted(config.p2p.allow_tools) } },
          token:
            config.p2pToken === undefined
              ? undefined
              : { secret: config.p2pToken, grant: { tools: granted(config.p2p.token_tools) } },
          speaksLines: config.p2p.line_protocol,
          trace: tracer?.current,
          limits: peerLimits(config)
        })
        onPeers(peers)
        observePeers(metrics, peers)
        return peers
      }
    },
    workers: {
      needs: ['queue'],
      create: async ({ queue }) => {
        const { createToolCallHandler, createWorkers } = await import('./services/workers/index.ts')
        const { createLongCallHandler, LONG_CALL } = await import('./services/long-calls/index.ts')
        const runner = { invoke: invokeHere, catalog: catalog() }
        const handlers = [createLongCallHandler({ ...runner, clock, others: createToolCallHandler(runner) })]
        const own = {
          capabilities: [LONG_CALL],
          workerId: `local-${random.uuid().slice(0, 8)}`,
          principal: authenticate({ kind: 'process' }),
          concurrency: config.workers.concurrency,
          cancelGraceMs: config.workers.cancel_grace_s * 1000,
          stopTimeoutMs: config.server.stop_timeout_s * 1000
        }
        return createWorkers({ queue, handlers, clock, log, ...(hasWorker && { own }) })
      }
    },
    cache: {
      needs: [],
      async create() {
        const { createCache } = await import('./services/cache/index.ts')
        const limits = {
          get maxEntries() {
            return live.get('cache.max_entries')
          },
          get maxBytes() {
            return live.get('cache.max_bytes')
          }
        }
        cache = createCache({ directory: below('cache'), clock, limits })
        observeCache(metrics, cache)
        return cache
      }
    },
    settings: {
      needs: [],
      create: async () =>
        (await import('./services/settings/index.ts')).createSettings({
          path: savedPath(config.data_dir),
          table: live.table
        })
    },
    system: {
      needs: [],
      create: async () =>
        (await import('./services/system/index.ts')).createSystem({
          clock,
          metrics,
          version: VERSION,
          dataDirectory: config.data_dir,
          cache: () =>
            control.list().some(({ name, isRunning }) => name === 'cache' && isRunning) ? cache : undefined,
          services: control,
          thresholds: () => ({
            host_memory_percent: live.get('alerts.memory_percent'),
            disk_used_percent: live.get('alerts.disk_percent'),
            event_loop_delay_ms: live.get('alerts.event_loop_ms'),
            error_percent: live.get('alerts.error_percent')
          })
        })
    },
    cluster: {
      needs: [],
      create: async () =>
        (await import('./services/cluster/index.ts')).createCluster({
          url: config.cluster.url,
          authorization: config.clusterAuthorization
        })
    },
    objects: {
      needs: ['blocks'],
      create: async ({ blocks }) =>
        (await import('./services/objects/index.ts')).createObjects({ directory: below('objects'), blocks, clock })
    },
    longCalls: {
      needs: ['queue'],
      create: async ({ queue }) =>
        (await import('./services/long-calls/index.ts')).createLongCalls({
          queue,
          ttlMs: Math.min(MAX_TASK_TTL_MS, Math.max(1, config.queue.keep_finished_days) * DAY_MS),
          clock,
          onChange: onLongCallChange
        })
    },
    queries: {
      needs: ['datasets'],
      create: async ({ datasets }) =>
        (await import('./services/queries/index.ts')).createQueries({ datasets, clock, random })
    },
    datasets: {
      needs: ['files', 'fetcher', 'blocks'],
      create: async ({ files, fetcher, blocks }) => {
        const { createDatasets } = await import('./services/datasets/index.ts')
        const datasets = createDatasets({
          directory: below('datasets'),
          files,
          fetcher,
          blocks,
          clock,
          random,
          hub: { endpoint: config.hub.endpoint, token: config.hubToken },
          announce({ datasetId, version }) {
            if (version === 1) changes.emit({ kind: 'resources' })
            changes.emit({ kind: 'resource', uri: `dataset://${datasetId}` })
          },
          limits: {
            ...(memory_limit !== undefined && { memoryLimit: memory_limit }),
            ...(threads !== undefined && { threads, queryThreads: threads })
          }
        })
        observeDatasets(metrics, datasets)
        return datasets
      }
    }
  }
}
