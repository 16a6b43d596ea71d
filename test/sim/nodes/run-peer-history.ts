/**
 * One history of three nodes from its seed: the hub has the queue, the two others submit to it and work for it, and stranger peers are
 * among them. First they join, then a storm, then a calm in which everything must end, then a last look.
 */

import { silentLog } from '../../../src/core/log.ts'
import type { Queue, Task } from '../../../src/services/queue/api.ts'
import { createQueueOver } from '../../../src/services/queue/queue.ts'
import { createKnown } from '../actors/known.ts'
import { operate } from '../actors/operator.ts'
import { submitAll } from '../actors/submitter.ts'
import { check } from '../checks/check.ts'
import { createHistory } from '../history.ts'
import { SOUND_FRAMES } from '../net/frame-faults.ts'
import { CALM_LATENCY, createMemoryNetwork } from '../net/memory-network.ts'
import type { HistoryResult } from '../run-history.ts'
import { createWatcher } from '../watcher.ts'
import { createDisk, SOUND } from '../world/disk.ts'
import { createHost } from '../world/host.ts'
import { createShelf } from '../world/shelf.ts'
import { createWorld } from '../world/world.ts'
import { type Cast, checkWire } from './check-wire.ts'
import { intrude } from './intruder.ts'
import { LIAR_GRANT, LIAR_WORKER, lie } from './liar.ts'
import { createMachine, type Machine } from './machine.ts'
import { sendMessages } from './messenger.ts'
import { createNode, type SimNode, workerIdOf } from './node.ts'
import { OLD_WORKER, type StrangerOptions, workAsOldPeer } from './old-peer.ts'
import { drawPeerPlan, type PeerPlan } from './plan.ts'
import { createRawPeer, type RawPeer } from './raw-peer.ts'
import { recordedQueue, type Watched } from './recorded-queue.ts'
import { createRecords } from './records.ts'
import { createToolCaller } from './tool-caller.ts'
import { WORK_TOOLS } from './work-tools.ts'

const JOIN_MS = 3000
/** Until what was cut, frozen or down for longest is well again, and who gave up has come back. */
const HEALED_MS = 45_000
/** From the end of the last fault until everything has ended. */
const CALM_MS = 300_000
const STEP_MS = 5000
const REST_MS = 15_000
/** What every trusted peer may use. */
const BASIC = [
  'p2p_status',
  ...['submit', 'status', 'wait', 'result', 'cancel', 'list', 'priority', 'retry'].map(name => `task_${name}`),
  ...['claim', 'heartbeat', 'complete', 'release'].map(name => `task_${name}`),
  ...['worker_register', 'worker_unregister', 'worker_status', 'queue_stats']
]

export async function runHistory(seed: number): Promise<HistoryResult> {
  const world = createWorld(seed)
  const { dice } = world
  const plan = drawPeerPlan(dice)
  const history = createHistory(world)
  const records = createRecords(world)
  const network = createMemoryNetwork({ monotonic: world.now, after: world.after }, dice.split(), (line, what) =>
    world.note(line, JSON.stringify(what))
  )
  let isCalm = false
  let isHealed = false
  const watcher = createWatcher(world, history, () => isHealed)
  const disk = createDisk(world, { ...SOUND, failing: plan.failingSyncs }, watcher)
  const shelf = createShelf(world)
  const limits = {
    maxFrameBytes: 1024 * 1024,
    maxRequestsPerPeer: 64,
    maxStreamsPerPeer: 32,
    maxBytesPerPeer: 4 * 1024 * 1024,
    maxConnectionsPerPeer: 4,
    maxConnections: 300,
    messagesPerSecond: 1000,
    bytesPerSecond: 64 * 1024 * 1024,
    replayWindowMs: 300_000,
    replayEntries: 4096,
    requestTimeoutMs: plan.requestTimeoutMs,
    idleMs: plan.idleMs,
    strangersPerSecond: 5
  }
  let watched: Watched | undefined
  let lives = 0
  let hubId = ''
  let usedLine = ''

  const hub = createMachine<SimNode>({
    world,
    network,
    name: 'hub',
    begin(host, storage) {
      const queue: Queue = createQueueOver({
        store: disk.mount(host),
        bodies: shelf.of(host),
        clock: host.clock,
        random: host.random,
        log: silentLog,
        keepFinished: plan.queue.keepFinished,
        keepFinishedMs: plan.queue.keepFinishedMs,
        refuseType: () => undefined,
        defer: host.defer
      })
      watched = recordedQueue(world, history, `hub/${++lives}`, queue)
      return createNode({ world, network, history, records, host, storage, limits, offered: [], queue: watched.queue })
    },
    onEnd(node, isPowerLoss) {
      node.killed()
      disk.afterKill(isPowerLoss)
    }
  })
  const nodes = ['left', 'right'].map((name, index) =>
    createMachine<SimNode>({
      world,
      network,
      name,
      rate: dice.between(0.98, 1.02),
      begin(host, storage) {
        const node = createNode({
          world,
          network,
          history,
          records,
          host,
          storage,
          limits,
          offered: plan.grants[index] ?? []
        })
        if (hubId !== '') void node.peers.then(() => node.workFor(hubId))
        return node
      },
      onEnd: node => node.killed()
    })
  )
  const peerIds: string[] = []
  const wanted: (readonly [name: string, grant?: readonly string[]])[] = [
    ...(plan.hasOldPeer ? [['old', BASIC] as const] : []),
    ...(plan.hasMessenger ? [['messenger', ['task_submit']] as const] : []),
    ...(plan.hasLiar ? [['liar', LIAR_GRANT] as const, ['stranger'] as const] : [])
  ]
  const strangers = new Map<string, RawPeer>()
  const known = createKnown()
  let calls = 0

  await settle(joinAll(), JOIN_MS, 'the nodes did not join')
  if (history.faults.length === 0) await storm()
  return {
    seed,
    faults: [...history.faults, ...check(history, plan.queue), ...checkWire(history, records, cast())],
    digest: world.digest(),
    trace: world.trace,
    happened: world.happened,
    history
  }

  /** What must be done within the time. */
  async function settle(doing: Promise<unknown>, withinMs: number, fault: string): Promise<void> {
    let isDone = false
    doing.then(
      () => {
        isDone = true
      },
      error => history.fault(`${fault}: ${error?.stack ?? error}`)
    )
    await world.runUntil(world.now() + withinMs)
    if (!isDone && history.faults.length === 0) history.fault(fault)
  }

  async function joinAll(): Promise<void> {
    const peers = await hub.process?.peers
    if (!peers) throw new Error('The hub is down')
    for (const [index, node] of nodes.entries()) {
      const joiner = await node.process?.peers
      if (!joiner) throw new Error(`${node.name} is down`)
      const { line } = await peers.invite({ grant: { tools: BASIC }, expiresInMs: 60_000 })
      await joiner.join(line, { grant: { tools: ['p2p_status', ...(plan.grants[index] ?? [])] } })
      peerIds.push(joiner.status().peerId)
    }
    hubId = peers.status().peerId
    for (const node of nodes) node.process?.workFor(hubId)
    for (const [name, grant] of wanted) {
      const peer = await createRawPeer(world, network, name)
      strangers.set(name, peer)
      if (!grant) continue
      const { line } = await peers.invite({ grant: { tools: grant }, expiresInMs: 60_000 })
      await peer.join(line)
      usedLine = line
    }
  }

  function cast(): Cast {
    const [left = '', right = ''] = peerIds
    const idOf = (name: string) => strangers.get(name)?.peerId ?? ''
    return {
      grants: new Map([
        ...peerIds.map(peerId => [peerId, BASIC] as const),
        ...wanted.map(([name, grant = []]) => [idOf(name), grant] as const)
      ]),
      owners: new Map([
        [workerIdOf(left), left],
        [workerIdOf(right), right],
        [OLD_WORKER, idOf('old')],
        [LIAR_WORKER, idOf('liar')]
      ]),
      submitters: new Map([
        ['hub', 'local'],
        ['left', `peer:${left}`],
        ['right', `peer:${right}`],
        ...[...strangers].map(([name, { peerId }]) => [name, `peer:${peerId}`] as const)
      ]),
      honest: peerIds,
      isDoubled: plan.frames.doubled > 0
    }
  }

  function letStrangersIn(): void {
    const isOver = () => isCalm
    const workerIds = peerIds.map(workerIdOf)
    const begin = (name: string, act: (options: StrangerOptions) => Promise<void>) => {
      const peer = strangers.get(name)
      if (peer) void act({ world, history, peer, isOver })
    }
    begin('old', workAsOldPeer)
    begin('messenger', sendMessages)
    begin('liar', options => lie({ ...options, workerIds, peerIds: [...peerIds, hubId] }))
    begin('stranger', options => intrude({ ...options, usedLine }))
  }

  function personAt(machine: Machine<SimNode>, name: string) {
    const target = machine === hub ? {} : { target: hubId }
    const caller = createToolCaller({
      node: () => machine.process,
      onCall(difference) {
        calls += difference
      },
      ...target,
      name: machine.name,
      workerIds: peerIds.map(workerIdOf),
      generalist: workerIdOf(peerIds[plan.grants.indexOf(WORK_TOOLS)] ?? '')
    })
    return { world, known, caller, host: createHost(world, { name, wall: { offsetMs: 0 } }) }
  }

  async function storm(): Promise<void> {
    const startedAt = world.now()
    network.lines.latency = plan.latency
    network.faults = plan.frames
    for (const machine of [hub, ...nodes]) {
      void submitAll({
        ...personAt(machine, `person-${machine.name}`),
        tasks: plan.tasksEach,
        withinMs: plan.stormMs
      })
    }
    const { operation } = plan.everyMs
    if (operation !== undefined) {
      void operate({ ...personAt(hub, 'operator'), everyMs: operation, isTidied: false, isOver: () => isCalm })
    }
    letStrangersIn()
    raise(plan)
    await world.runUntil(startedAt + plan.stormMs)
    await calmDown()
    await lastLook()
  }

  function raise({ everyMs }: PeerPlan): void {
    const machines = [hub, ...nodes]
    const anyNode = () => nodes[dice.below(nodes.length)]
    const how = () => ({ isPowerLoss: dice.chance(0.5), downMs: dice.between(500, 10_000) })
    repeat(everyMs.hubKill, () => {
      if (dice.chance(0.3)) hub.kill(how())
      else hub.host.killAtReach(1 + dice.below(20))
    })
    repeat(everyMs.nodeKill, () => {
      if (dice.chance(0.3)) anyNode()?.kill(how())
      else anyNode()?.host.killAtReach(1 + dice.below(10))
    })
    repeat(everyMs.nodeFreeze, () => machines[dice.below(machines.length)]?.host.freeze(dice.between(500, 20_000)))
    repeat(everyMs.cut, () => {
      const { name } = dice.pick<Machine<SimNode>>([hub, ...nodes])
      const others = machines.filter(machine => machine.name !== name)
      const { name: other = '' } = others[dice.below(others.length)] ?? {}
      const ways = dice.pick([
        [[name, other]],
        [[other, name]],
        [
          [name, other],
          [other, name]
        ]
      ] as const)
      world.note('cut', ways.join(' and '))
      for (const [from, to] of ways) network.cut(from, to)
      world.after(dice.between(200, dice.pick([2000, 30_000])), () => {
        for (const [from, to] of ways) network.mend(from, to)
      })
    })
  }

  function repeat(meanMs: number | undefined, act: () => void): void {
    if (meanMs === undefined) return
    world.after(dice.between(0, 2 * meanMs), () => {
      if (isCalm) return
      act()
      repeat(meanMs, act)
    })
  }

  async function calmDown(): Promise<void> {
    world.note('calm')
    isCalm = true
    network.lines.latency = CALM_LATENCY
    // What is sent may always come in pieces.
    network.faults = { ...SOUND_FRAMES, split: plan.frames.split > 0 ? 0.9 : 0 }
    network.mendAll()
    disk.faults = SOUND
    for (const { host } of [hub, ...nodes]) host.killAtReach(Number.POSITIVE_INFINITY)
    await world.runUntil(world.now() + HEALED_MS)
    isHealed = true
    void personAt(hub, 'mender')
      .caller.call('resume', [])
      .catch(error => history.fault(`the hub takes no calls: ${error}`))
    void submitAll({ ...personAt(hub, 'latecomer'), tasks: 2, withinMs: 10_000 })
    await world.runUntil(world.now() + 5000)
    // Until nothing waits or runs, nobody calls, and whoever would try again has done so.
    let restedAt = world.now()
    for (const end = restedAt + CALM_MS; world.now() < end && world.now() < restedAt + REST_MS; ) {
      await world.runUntil(world.now() + STEP_MS)
      if (watcher.isBusy() || calls > 0) restedAt = world.now()
    }
    if (calls > 0) history.fault(`${calls} calls were never answered`)
  }

  async function lastLook(): Promise<void> {
    const queue = watched?.queue
    if (!queue) return
    const tasks = new Map<string, Task>()
    const missingBodies: string[] = []
    const read = async () => {
      for (const { taskId } of (await queue.list({ limit: 1000 })).tasks) {
        const task = await queue.get(taskId)
        const { payloadCid, resultCid } = task
        for (const cid of [payloadCid, resultCid]) if (cid !== undefined && !shelf.has(cid)) missingBodies.push(cid)
        const isApart = resultCid !== undefined && shelf.has(resultCid)
        tasks.set(taskId, isApart ? { ...task, result: await queue.body(resultCid) } : task)
      }
      history.final = { tasks, stats: await queue.stats(), missingBodies }
      watcher.look()
    }
    await settle(read(), 60_000, 'the last look was not answered')
    const stops = [...nodes, hub].map(async ({ process }) => await process?.stop())
    await settle(Promise.all(stops), 60_000, 'the nodes did not stop')
    for (const method of watched?.open() ?? []) history.fault(`${method} was left without an answer by the stop`)
  }
}
