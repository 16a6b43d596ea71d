/** One history from its seed: a storm, then a calm in which everything must end, then a last look. */
import type { QueueStats, Task } from '../../src/services/queue/api.ts'
import { chain } from './actors/chain.ts'
import { crowd } from './actors/crowd.ts'
import { createKnown } from './actors/known.ts'
import { operate } from './actors/operator.ts'
import { submitAll } from './actors/submitter.ts'
import { actor } from './actors/work.ts'
import { createWorkerProcess } from './actors/workers.ts'
import { check } from './checks/check.ts'
import { createHistory, type History } from './history.ts'
import { drawPlan, type Plan } from './plan.ts'
import { createWatcher } from './watcher.ts'
import { createCaller } from './world/calls.ts'
import { createDisk, SOUND } from './world/disk.ts'
import { createHost } from './world/host.ts'
import { CALM, createNetwork, MAX_DELAY_MS } from './world/network.ts'
import { createQueueProcess } from './world/queue-process.ts'
import { createShelf } from './world/shelf.ts'
import { createWorld } from './world/world.ts'

/** From the end of the last fault until everything has ended: in it leases and waits end, and affinities lapse before each of the attempts. */
const CALM_MS = 1_000_000

export interface HistoryResult {
  seed: number
  /** What was not as promised. */
  faults: string[]
  digest: string
  trace: readonly string[]
  happened: number
  history: History
}

export async function runHistory(seed: number): Promise<HistoryResult> {
  const world = createWorld(seed)
  const { dice } = world
  const plan = drawPlan(seed, dice)
  const { stormMs, everyMs, keepFinished, keepFinishedMs } = plan
  const history = createHistory(world)
  const network = createNetwork(world, plan.network)
  const watcher = createWatcher(world, history, () => world.now() > stormMs + MAX_DELAY_MS)
  const disk = createDisk(world, plan.disk, watcher)
  const shelf = createShelf(world)
  const wall = { offsetMs: 0 }
  let mostAhead = 0
  const known = createKnown()
  let isCalm = false
  let isPatient = false

  const queue = createQueueProcess(world, network, history, {
    disk,
    shelf,
    wall,
    keepFinished,
    keepFinishedMs
  })
  const workers = Array.from({ length: plan.workers }, (_, index) =>
    createWorkerProcess(world, network, history, { workerId: `worker${index + 1}`, isPatient: () => isPatient })
  )
  const person = (name: string) => {
    const host = createHost(world, { name, wall: { offsetMs: 0 } })
    return { world, known, host, caller: createCaller(world, network, host, history) }
  }
  for (let index = 1; index <= plan.submitters; index++) {
    void submitAll({ ...person(`submitter${index}`), tasks: plan.tasksEach, withinMs: stormMs })
  }
  if (everyMs.operation !== undefined) {
    void operate({ ...person('operator'), everyMs: everyMs.operation, isTidied: plan.isTidied, isOver: () => isCalm })
  }
  if (plan.kind === 'crowd') {
    const { caller } = person('crowded')
    world.after(1000, () => void crowd(caller).catch(error => history.fault(`the crowd was not served: ${error}`)))
  }
  raise(plan)
  await world.runUntil(stormMs)
  await calmDown()
  const last = person('reader')
  let isRead = false
  void lastLook().then(
    () => {
      isRead = true
    },
    error => history.fault(`the last look failed: ${error}`)
  )
  await world.runUntil(world.now() + 60_000)
  if (!isRead && history.faults.length === 0) history.fault('the last look was not answered')
  await stopAll()
  return {
    seed,
    faults: [...history.faults, ...check(history, plan)],
    digest: world.digest(),
    trace: world.trace,
    happened: world.happened,
    history
  }

  function raise({ everyMs }: Plan): void {
    repeat(everyMs.queueKill, () => {
      const options = { isPowerLoss: dice.chance(0.5), downMs: dice.between(1500, 10_000) }
      if (everyMs.wallJump !== undefined && dice.chance(0.5)) world.after(1000, jump)
      if (dice.chance(0.3)) queue.kill(options)
      else queue.host.killAtReach(1 + dice.below(20))
    })
    repeat(everyMs.workerKill, () => {
      const worker = workers[dice.below(workers.length)]
      if (dice.chance(0.3)) worker?.kill(dice.between(100, 15_000))
      else worker?.host.killAtReach(1 + dice.below(10))
    })
    repeat(everyMs.workerStop, () => workers[dice.below(workers.length)]?.restart())
    repeat(everyMs.workerFreeze, () => workers[dice.below(workers.length)]?.host.freeze(dice.between(500, 20_000)))
    repeat(everyMs.queueFreeze, () => queue.host.freeze(dice.between(500, 6000)))
    repeat(everyMs.wallJump, jump)
    repeat(everyMs.fullDisk, () => {
      disk.faults = { ...disk.faults, isFull: true }
      world.after(dice.between(100, 5000), () => {
        disk.faults = { ...disk.faults, isFull: false }
      })
    })
  }

  function jump(): void {
    if (isCalm) return
    // A disk that lies and a clock that goes back together could make a fence come again: nothing is left that would know better.
    const back = plan.disk.lying > 0 ? 0 : -7_200_000
    wall.offsetMs += dice.pick([dice.between(back, 7_200_000), dice.between(back / 1000, 5000)])
    mostAhead = Math.max(mostAhead, wall.offsetMs)
    world.note('the wall clock jumps to', wall.offsetMs)
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
    isCalm = true
    world.note('calm')
    network.faults = CALM
    disk.faults = SOUND
    // Forward once more: a time to wait for that was set by a clock ahead has come too.
    wall.offsetMs = mostAhead
    queue.host.killAtReach(Number.POSITIVE_INFINITY)
    for (const worker of workers) worker.kill(MAX_DELAY_MS + 20_000)
    // What is under way arrives, what is down starts, and who waits for an answer gives up.
    await world.runUntil(world.now() + MAX_DELAY_MS + 20_000)
    // The workers of the calm take everything, and wait long. Nobody else's claim waits any more.
    isPatient = true
    for (const worker of workers) worker.kill(10)
    if (workers.length === 0) return
    const { caller } = person('mender')
    void caller.call('resume', [])
    for (const { host } of workers) {
      void caller.call('registerWorker', [
        { workerId: host.name, capabilities: [], maxConcurrent: 8, principal: actor }
      ])
    }
    void submitAll({ ...person('latecomer'), tasks: 4, withinMs: 60_000 })
    world.after(80_000, () => void weaveChain())
    await world.runUntil(world.now() + CALM_MS)
  }

  /** On a disk so slow that what comes together meets in one batch. */
  async function weaveChain(): Promise<void> {
    disk.faults = { ...SOUND, slow: 1 }
    await chain(person('chained').caller, 8).catch(error => history.fault(`the chain broke: ${error}`))
    disk.faults = SOUND
  }

  async function lastLook(): Promise<void> {
    const { caller } = last
    const tasks = new Map<string, Task>()
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await caller.call('list', [{ limit: 7, ...(cursor !== undefined && { cursor }) }])
      ids.push(...page.tasks.map(({ taskId }) => taskId))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    const missingBodies: string[] = []
    for (const taskId of ids) {
      const task = await caller.call('get', [taskId])
      const { payloadCid, resultCid } = task
      for (const cid of [payloadCid, resultCid]) if (cid !== undefined && !shelf.has(cid)) missingBodies.push(cid)
      const isApart = resultCid !== undefined && shelf.has(resultCid)
      tasks.set(taskId, isApart ? { ...task, result: await caller.call('body', [resultCid]) } : task)
    }
    const stats: QueueStats = await caller.call('stats', [])
    history.final = { tasks, stats, missingBodies }
    watcher.look()
  }

  /** Who still waits when the queue stops is answered then. */
  async function stopAll(): Promise<void> {
    for (const request of queue.open()) {
      if (request.method !== 'claim') history.fault(`${request.method} of ${request.from} was never answered`)
    }
    let isStopped = false
    void queue.stop().then(() => {
      isStopped = true
    })
    await world.runUntil(world.now() + 5000)
    if (!isStopped) history.fault('the queue did not stop')
    for (const { method, from } of queue.open())
      history.fault(`${method} of ${from} was left without an answer by the stop`)
  }
}
