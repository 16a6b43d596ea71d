/** One process of a node: the shipping peers, dispatcher, transports and peer worker, over the memory network. */
import { buildManifest } from '../../../scripts/manifest.ts'
import { createCatalog } from '../../../src/core/catalog.ts'
import { createLog } from '../../../src/core/log.ts'
import { createMetrics } from '../../../src/core/metrics.ts'
import type { Invoke } from '../../../src/core/tool.ts'
import { authenticate } from '../../../src/runtime/authenticate.ts'
import { createAuthorize } from '../../../src/runtime/authorize.ts'
import { createDispatcher } from '../../../src/runtime/dispatcher.ts'
import { createRouter } from '../../../src/runtime/router.ts'
import { createServiceHost, type ServiceHost, type ServicePlans } from '../../../src/runtime/services.ts'
import type { PeerLimits, Peers } from '../../../src/services/peers/api.ts'
import { createPeersOver } from '../../../src/services/peers/peers.ts'
import type { PeerStorage } from '../../../src/services/peers/storage.ts'
import type { Queue } from '../../../src/services/queue/api.ts'
import { createPeerWorker } from '../../../src/services/workers/peer-worker.ts'
import { createToolCallHandler } from '../../../src/services/workers/tool-call.ts'
import { mcplusplus } from '../../../src/tools/mcplusplus/index.ts'
import { createMcpServer } from '../../../src/transports/mcp-server.ts'
import { servePeers } from '../../../src/transports/p2p/peer-server.ts'
import { loadParamsCheck } from '../../../src/transports/params-check.ts'
import type { History } from '../history.ts'
import { memoryHosts } from '../net/memory-host.ts'
import type { MemoryNetwork } from '../net/memory-network.ts'
import type { Host } from '../world/host.ts'
import type { World } from '../world/world.ts'
import { createCarrier } from './carrier.ts'
import type { WireRecords } from './records.ts'
import { workTools } from './work-tools.ts'

// Imports take their time from the machine, so the one that a first call makes is made before a history begins.
await loadParamsCheck('tools/call')

const MANIFEST = buildManifest([mcplusplus, workTools({ pause: async () => {}, perform: () => {} })])

export interface NodeOptions {
  world: World
  network: MemoryNetwork
  history: History
  records: WireRecords
  host: Host
  storage: PeerStorage
  limits: PeerLimits
  /** Work tools that others may have run here. */
  offered: readonly string[]
  /** The queue of this node, if its own is used. */
  queue?: Queue
}

/** A running process of a node. */
export interface SimNode {
  /** A call of a person at this node. Rejects when the process ends before the answer. */
  invoke: Invoke
  /** When peers can be reached. */
  readonly peers: Promise<Peers>
  /** Works for the queue of that peer from now on. */
  workFor(peerId: string): void
  /** Ends as it should. */
  stop(): Promise<void>
  /** What still waits in it is never answered. */
  killed(): void
}

export function createNode({
  world,
  network,
  history,
  records,
  host,
  storage,
  limits,
  offered,
  queue
}: NodeOptions): SimNode {
  const { clock, random } = host
  const log = createLog('error', line => history.fault(`${host.name} logged ${line}`), clock.now)
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => {})
  let running: Peers | undefined

  const plans: Partial<ServicePlans> = {
    catalog: { needs: [], create: () => catalog },
    peers: {
      needs: [],
      create: () =>
        createPeersOver({
          startHost: memoryHosts(network, host.name, host),
          storage,
          clock,
          random,
          log,
          limits,
          version: '0.0.0',
          listen: [`/memory/${host.name}`],
          announce: [],
          bootstrap: [],
          useMdns: false
        })
    },
    queue: {
      needs: [],
      create() {
        if (queue) return queue
        throw new Error('This node uses the queue of another one')
      }
    }
  }
  // The tools of a history need no other services.
  const services: ServiceHost = createServiceHost(plans as ServicePlans)
  const tools = workTools({
    pause: (ms, signal) => pause(host, ms, signal),
    perform(tool, claim, { kind, id }) {
      if (kind !== 'peer') history.fault(`${host.name} ran a task of a peer as ${id}`)
      if (host.reach()) perform(tool, claim)
    }
  })
  const catalog = createCatalog(
    MANIFEST,
    { mcplusplus: async () => mcplusplus, work: async () => tools },
    services.unavailability
  )
  const dispatcher = createDispatcher({
    catalog,
    services,
    router: createRouter({ general: { concurrency: 16, queue: 64 }, p2p: { concurrency: 64, queue: 1024 } }),
    authenticate,
    authorize: createAuthorize(peerId => running?.grantOf(peerId)?.tools),
    async forward(target, tool, args, options) {
      const { peers } = await services.acquire(['peers'], options.signal)
      const answer = peers.callTool(target, tool, args, options)
      records.ask(peers.status().peerId, tool, args, answer)
      return await answer
    },
    toolTimeoutMs: () => 60_000,
    clock,
    random,
    log,
    metrics: createMetrics()
  })
  const invokeHere: Invoke = request => dispatcher.invoke(request)
  const carrier = createCarrier(invokeHere, clock)
  let stopWorking = async () => {}

  function perform(tool: string, { taskId, token }: { taskId: string; token: string }): void {
    const self = running?.status().peerId ?? ''
    const worker = workerIdOf(self)
    if (!offered.includes(tool)) history.fault(`${host.name} ran ${tool}, which it does not offer`)
    const wasFrozen = host.frozenUntil > 0 && world.now() - host.frozenUntil < 1
    const leaseLeftMs = wasFrozen ? Number.POSITIVE_INFINITY : carrier.leftMs(token)
    world.note(host.name, 'performs', tool, taskId, token)
    history.effects.push({ worker, taskId, token, at: world.now(), leaseLeftMs })
  }

  async function open(): Promise<Peers> {
    const { peers } = await services.acquire(['peers'])
    running = peers
    const mcp = createMcpServer({
      invoke: records.served(invokeHere),
      listing: () => [],
      hasTool: catalog.has,
      serverInfo: { name: 'sim', title: 'A node of a history', version: '0.0.0' },
      instructions: '',
      clock,
      random,
      log
    })
    servePeers({ peers, mcp, invoke: records.served(invokeHere), clock, log })
    // While its disk fails it does not start, and is tried again at its next use.
    if (queue) void services.acquire(['queue']).catch(() => {})
    return peers
  }

  const peers = open()
  peers.catch(error => history.fault(`${host.name} did not start: ${error?.stack}`))
  return {
    peers,
    invoke(request) {
      const answer = new Promise<Awaited<ReturnType<Invoke>>>((resolve, reject) =>
        host.enter(() => void invokeHere(request).then(resolve, reject))
      )
      return Promise.race([answer, ended.promise])
    },
    workFor(peerId) {
      const hired = createPeerWorker({
        peerId,
        self: running?.status().peerId ?? '',
        invoke: carrier.invoke,
        granted: () => running?.grantOf(peerId)?.tools ?? [],
        concurrency: 2,
        cancelGraceMs: 2000,
        stopTimeoutMs: 3000,
        handler: createToolCallHandler({ invoke: carrier.invoke, catalog }),
        clock,
        log
      })
      void hired.start()
      stopWorking = hired.stop
    },
    async stop() {
      await stopWorking()
      await dispatcher.stop()
      await services.stop()
    },
    killed: () => ended.reject(new Error('The process has ended'))
  }
}

/** As `peer-worker.ts` names a worker. */
export const workerIdOf = (peerId: string): string => `peer-${peerId.slice(-12)}`

function pause(host: Host, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const callOff = host.clock.after(ms, resolve)
    signal?.addEventListener('abort', () => {
      callOff()
      reject(signal.reason)
    })
  })
}
