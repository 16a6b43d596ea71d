/**
 * The composition root: builds the parts of a node and connects them. The process that owns the data directory runs calls itself;
 * any other sends them to the owner, and takes over when the owner is gone.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { childModule, startChild } from './child.ts'
import type { Config } from './config.ts'
import { type Catalog, createCatalog, type Manifest } from './core/catalog.ts'
import { type Clock, systemClock } from './core/clock.ts'
import { AppError, toAppError } from './core/errors.ts'
import type { Log } from './core/log.ts'
import { createMetrics, type Metrics } from './core/metrics.ts'
import { type Random, systemRandom } from './core/random.ts'
import type { Startable } from './core/startable.ts'
import type { CallOutcome, CallRequest, Invoke } from './core/tool.ts'
import type { Tracer } from './core/tracer.ts'
import { createLiveSettings } from './live-settings.ts'
import manifest from './manifest.json' with { type: 'json' }
import { failedCall } from './protocol/wire/remote-call.ts'
import { withAdvice } from './runtime/advice.ts'
import { authenticate } from './runtime/authenticate.ts'
import { createAuthorize } from './runtime/authorize.ts'
import { callSpan, nameTool } from './runtime/call-span.ts'
import { createDispatcher } from './runtime/dispatcher.ts'
import { createChildPool } from './runtime/lanes/child-pool.ts'
import { createRouter } from './runtime/router.ts'
import { createServiceHost } from './runtime/services.ts'
import { tracedPlans } from './runtime/traced-services.ts'
import { unwrapDispatch } from './runtime/unwrap-dispatch.ts'
import { arePeersOn, type PlanParts, queueDirectory, servicePlans } from './service-plans.ts'
import { probeService } from './service-probes.ts'
import type { Blocks } from './services/blocks/api.ts'
import { createCallHistory } from './services/calls/index.ts'
import { openDataDirectory } from './services/directory/index.ts'
import type { Peers } from './services/peers/api.ts'
import { categoryLoaders, unlistedLoaders } from './tools/index.ts'
import { type Changes, createChangeFeed } from './transports/changes.ts'
import type { McpServer } from './transports/mcp-server.ts'
import { createRemoteInvoke, UnreachableError } from './transports/remote-invoke.ts'
import { createTaskFeed, type TaskFeed } from './transports/task-feed.ts'
import { VERSION } from './version.ts'

/** How long a new owner may take from its lock to its socket. */
const OWNER_START_MS = 10_000
const OWNER_RETRY_MS = 50

export interface Node extends AsyncDisposable {
  invoke: Invoke
  /** Runs a call in this process even if another one owns the data directory: of a tool that needs no service, FORBIDDEN otherwise. */
  invokePure: Invoke
  catalog: Catalog
  metrics: Metrics
  /** News of datasets that calls in this process make or change. */
  changes: Changes
  /** Whether long calls can be handed back: this process runs tasks, and those that have finished are kept. */
  keepsLongCalls: boolean
  /** News of long calls; undefined while another process runs them. */
  longCallChanges(): TaskFeed | undefined
  /** Where the owner of the data directory listens. */
  socketPath: string
  /** Calls back as soon as this process owns the data directory, at once if it does already. */
  onOwned(callback: () => void): void
  /** Owns the data directory from now on if no process does; says whether this one does. */
  claim(): Promise<boolean>
  /** Whether calls are taken, and why not. */
  ready(): { ready: boolean; reasons: readonly string[] }
  /** Blocks and files as they are stored; SERVICE_UNAVAILABLE while another process owns the data directory. */
  content(): Promise<Blocks>
  /** Takes up what waits in the queue from before, if this process runs tasks and there may be any. */
  resumeTasks(): Promise<void>
  /** Begins to sample the host, the process and the services, if this process owns the data directory. */
  watch(): Promise<void>
  /** Lets peers in, if peer-to-peer is on and this process owns the data directory: their streams are clients of `mcp`. */
  openToPeers(mcp: McpServer): Promise<void>
  /** Aborts what runs, stops the services and gives the data directory up. */
  stop(): Promise<void>
}

export interface NodeParts {
  log: Log
  clock?: Clock
  random?: Random
  /** Makes spans of calls and of what services do for them. */
  tracer?: Tracer | undefined
  /** Whether this process runs tasks of the queue while it owns the data directory. */
  runsTasks?: boolean
}

/** Builds a node and claims its data directory if that is free. Services start when a call needs them. */
export async function startNode(
  config: Config,
  { log, clock = systemClock, random = systemRandom, tracer, runsTasks = false }: NodeParts
): Promise<Node> {
  const metrics = createMetrics()
  const directory = openDataDirectory(config.data_dir)
  const hasWorker = runsTasks && config.workers.concurrency > 0
  const invokeHere: Invoke = request => dispatcher.invoke(request)
  const changes = createChangeFeed(['resources'])
  const longCallChanges = createTaskFeed()
  const calls = createCallHistory(clock)
  let peers: Peers | undefined
  const onPeers = (started: Peers) => {
    peers = started
  }
  const live = createLiveSettings(config, log)
  const control: PlanParts['control'] = {
    list: () => services.list(),
    start: async name => void (await services.acquire([name])),
    stop: names => services.stop(names),
    users: names => dispatcher.users(names),
    probe: async name => await probeService(name, (await services.acquire([name]))[name])
  }
  const news = { changes, onPeers, onLongCallChange: longCallChanges.emit }
  const parts = { clock, random, log, metrics, tracer, calls, live, control, hasWorker, invokeHere, ...news }
  const plans = servicePlans(config, { ...parts, catalog: () => catalog })
  const services = createServiceHost(tracer ? tracedPlans(plans, tracer) : plans)
  // JSON has no literal types; the manifest is written by a script from typed declarations and checked for freshness.
  const loaders = { ...categoryLoaders, ...unlistedLoaders }
  const catalog = createCatalog(manifest as unknown as Manifest, loaders, services.unavailability)
  const children = createChildPool({
    start: startChild,
    module: childModule('tool-child'),
    memoryMb: config.limits.worker_memory_mb,
    clock
  })
  const router = createRouter({
    general: {
      get concurrency() {
        return live.get('limits.general_concurrency')
      },
      get queue() {
        return live.get('limits.general_queue')
      }
    },
    p2p: { concurrency: config.limits.p2p_concurrency, queue: config.limits.p2p_queue },
    worker: {
      concurrency: config.limits.worker_processes ?? Math.max(1, availableParallelism() - 1),
      get queue() {
        return live.get('limits.worker_queue')
      },
      children
    }
  })
  const authorize = createAuthorize(peerId => peers?.grantOf(peerId)?.tools)
  const dispatcher = createDispatcher({
    catalog,
    services,
    router,
    authenticate,
    authorize,
    async forward(target, tool, args, options) {
      const { peers } = await services.acquire(['peers'], options.signal)
      return await peers.callTool(target, tool, args, options)
    },
    toolTimeoutMs: () => live.get('server.tool_timeout') * 1000,
    clock,
    random,
    log,
    metrics,
    tracer,
    history: calls
  })
  const callOwner = createRemoteInvoke(
    { socketPath: directory.socketPath },
    { name: 'ipfs-datasets-mcp', version: VERSION }
  )

  const peerWorkers: Startable[] = []
  let isOwner = false
  let isStopping = false
  let announceOwned = () => {}

  async function claim(): Promise<boolean> {
    if (!(await directory.claim())) return false
    if (!isOwner) {
      isOwner = true
      announceOwned()
    }
    return true
  }
  await claim()

  /** The owner may have its lock and not yet its socket, or be dying with its socket gone and its lock still held. */
  const invoke: Invoke = async request => {
    for (const giveUpAt = clock.monotonic() + OWNER_START_MS; ; await sleep(OWNER_RETRY_MS)) {
      if (isOwner || (await claim())) return await dispatcher.invoke(request)
      try {
        return (await refusalHere(request)) ?? (await (tracer ? callOwnerTraced(request, tracer) : callOwner(request)))
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error
        if (clock.monotonic() > giveUpAt) throw unreachableOwner(config.data_dir, error)
      }
    }
  }

  function callOwnerTraced(request: CallRequest, { serve }: Tracer): Promise<CallOutcome> {
    return serve(callSpan(request, 'client'), async span => {
      if (catalog.has(request.tool)) nameTool(span, request, catalog.resolve(request.tool).entry)
      const outcome = await callOwner({ ...request, trace: { ...request.trace, ...span.trace } })
      if (outcome.failure) span.fail(outcome.failure.code)
      return outcome
    })
  }

  /** The owner sees only a process of its own user, so what this caller may do is decided here. */
  async function refusalHere(request: CallRequest): Promise<CallOutcome | undefined> {
    try {
      const { tool, category } = unwrapDispatch(catalog, request)
      authorize(catalog.resolve(tool, category).entry, authenticate(request.evidence), request.evidence)
      return undefined
    } catch (thrown) {
      return failedCall(toAppError(await withAdvice(thrown, catalog)))
    }
  }

  const invokePure: Invoke = async request => {
    const { entry } = catalog.resolve(request.tool, request.category)
    if (entry.needs.length === 0) return await dispatcher.invoke(request)
    throw new AppError(
      'FORBIDDEN',
      `The tool "${entry.name}" needs services, which only the owner of the data directory has`
    )
  }

  async function stop(): Promise<void> {
    isStopping = true
    // Tasks end by their own rules, while the tools that they call still run.
    await Promise.all(peerWorkers.map(worker => worker.stop()))
    await services.stop(['workers'])
    await dispatcher.stop()
    await children.stop()
    await services.stop()
    directory.release()
    isOwner = false
  }

  return {
    invoke,
    invokePure,
    catalog,
    metrics,
    changes,
    keepsLongCalls: hasWorker && config.queue.keep_finished_days > 0,
    longCallChanges: () => (isOwner ? longCallChanges : undefined),
    socketPath: directory.socketPath,
    claim: async () => isOwner || (!isStopping && (await claim())),
    onOwned(callback) {
      announceOwned = callback
      if (isOwner) callback()
    },
    ready: () => (isStopping ? { ready: false, reasons: ['The server is stopping'] } : { ready: true, reasons: [] }),
    async content() {
      if (isOwner || (await claim())) return (await services.acquire(['blocks'])).blocks
      throw new AppError(
        'SERVICE_UNAVAILABLE',
        `Another process owns ${config.data_dir}; ask that one, or call ipfs_cat, which is passed on to it`
      )
    },
    async resumeTasks() {
      if (hasWorker && isOwner && existsSync(queueDirectory(config))) await services.acquire(['queue'])
    },
    async watch() {
      if (isOwner) await services.acquire(['system'])
    },
    async openToPeers(mcp) {
      if (!isOwner || !arePeersOn(config)) return
      const { peers } = await services.acquire(['peers'])
      const { servePeers } = await import('./transports/p2p/peer-server.ts')
      servePeers({ peers, mcp, invoke: invokeHere, clock, log })
      const { createPeerWorker, createToolCallHandler } = await import('./services/workers/index.ts')
      for (const peerId of config.p2p.work_for) {
        const hired = createPeerWorker({
          peerId,
          self: peers.status().peerId,
          invoke: invokeHere,
          granted: () => peers.grantOf(peerId)?.tools ?? [],
          concurrency: Math.max(1, config.workers.concurrency),
          cancelGraceMs: config.workers.cancel_grace_s * 1000,
          stopTimeoutMs: config.server.stop_timeout_s * 1000,
          handler: createToolCallHandler({ invoke: invokeHere, catalog }),
          clock,
          log
        })
        peerWorkers.push(hired)
        await hired.start()
      }
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
