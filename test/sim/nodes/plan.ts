/** What a history of peers is made of, drawn from its seed. */
import type { FaultShares } from '../net/frame-faults.ts'
import type { Latency } from '../net/line.ts'
import type { Plan } from '../plan.ts'
import type { Dice } from '../world/dice.ts'
import { SOUND } from '../world/disk.ts'
import { CALM } from '../world/network.ts'
import { WORK_TOOLS } from './work-tools.ts'

export interface PeerPlan {
  stormMs: number
  /** At each of the nodes. */
  tasksEach: number
  /** Work tools that the hub may have run at each of the two other nodes. */
  grants: readonly [readonly string[], readonly string[]]
  latency: Latency
  frames: FaultShares
  idleMs: number
  requestTimeoutMs: number
  /** Mean time between; undefined for never. */
  everyMs: {
    hubKill: number | undefined
    nodeKill: number | undefined
    nodeFreeze: number | undefined
    cut: number | undefined
    operation: number | undefined
  }
  hasOldPeer: boolean
  hasMessenger: boolean
  hasLiar: boolean
  /** Of syncs of the hub's disk that fail, with either outcome. */
  failingSyncs: number
  /** For the checks that this shares with the histories of one queue. */
  queue: Plan
}

export function drawPeerPlan(dice: Dice): PeerPlan {
  const maybe = <T>(probability: number, value: () => T): T | undefined =>
    dice.chance(probability) ? value() : undefined
  const share = (probability: number, most: number) => (dice.chance(probability) ? dice.between(0, most) : 0)
  const stormMs = dice.between(10_000, 40_000)
  const operation = maybe(0.6, () => dice.between(1000, 6000))
  const few = WORK_TOOLS.slice(0, 1 + dice.below(WORK_TOOLS.length))
  return {
    stormMs,
    tasksEach: 1 + dice.below(4),
    grants: dice.chance(0.5) ? [WORK_TOOLS, few] : [few, WORK_TOOLS],
    latency: { usualMs: [1, 10], slowMs: 3000, slow: share(0.5, 0.1) },
    frames: {
      lost: share(0.25, 0.05),
      doubled: share(0.25, 0.1),
      swapped: share(0.25, 0.1),
      split: share(0.5, 0.5),
      broken: share(0.4, 0.05)
    },
    idleMs: dice.pick([2000, 20_000, 300_000]),
    requestTimeoutMs: dice.pick([10_000, 30_000]),
    everyMs: {
      hubKill: maybe(0.5, () => dice.between(5000, 20_000)),
      nodeKill: maybe(0.5, () => dice.between(5000, 20_000)),
      nodeFreeze: maybe(0.2, () => dice.between(5000, 20_000)),
      cut: maybe(0.6, () => dice.between(3000, 15_000)),
      operation
    },
    hasOldPeer: dice.chance(0.4),
    hasMessenger: dice.chance(0.3),
    hasLiar: dice.chance(0.5),
    failingSyncs: share(0.3, 0.3),
    queue: queuePlan(stormMs, operation)
  }
}

function queuePlan(stormMs: number, operation: number | undefined): Plan {
  return {
    kind: 'stormy',
    stormMs,
    submitters: 3,
    tasksEach: 0,
    workers: 2,
    network: CALM,
    disk: SOUND,
    everyMs: {
      queueKill: undefined,
      workerKill: undefined,
      workerStop: undefined,
      workerFreeze: undefined,
      queueFreeze: undefined,
      wallJump: undefined,
      fullDisk: undefined,
      operation
    },
    isTidied: false,
    keepFinished: 1_000_000,
    keepFinishedMs: 30 * 86_400_000
  }
}
