/** What a history is made of, drawn from its seed. */

import type { Dice } from './world/dice.ts'
import { type DiskFaults, SOUND } from './world/disk.ts'
import { CALM, type NetworkFaults } from './world/network.ts'

export interface Plan {
  /** `crowd`: a thousand claims pass a few tasks by. */
  kind: 'stormy' | 'crowd'
  /** How long faults last. */
  stormMs: number
  submitters: number
  tasksEach: number
  workers: number
  network: NetworkFaults
  disk: DiskFaults
  /** Mean time between; undefined for never. */
  everyMs: {
    queueKill: number | undefined
    workerKill: number | undefined
    workerStop: number | undefined
    workerFreeze: number | undefined
    queueFreeze: number | undefined
    wallJump: number | undefined
    fullDisk: number | undefined
    operation: number | undefined
  }
  /** Operators also remove and clear what is final. */
  isTidied: boolean
  keepFinished: number
  keepFinishedMs: number
}

const FOREVER_MS = 30 * 86_400_000

export function drawPlan(seed: number, dice: Dice): Plan {
  if (seed % 200 === 7) return crowd()
  const maybe = <T>(probability: number, value: () => T): T | undefined =>
    dice.chance(probability) ? value() : undefined
  const share = (probability: number, most: number) => (dice.chance(probability) ? dice.between(0, most) : 0)
  const isTidied = dice.chance(0.35)
  const lying = share(0.25, 0.95)
  return {
    kind: 'stormy',
    stormMs: dice.between(15_000, 60_000),
    submitters: 1 + dice.below(3),
    tasksEach: 2 + dice.below(8),
    workers: 1 + dice.below(3),
    network: { loss: share(0.6, 0.15), duplicate: share(0.6, 0.15), slow: share(0.6, 0.15) },
    disk: { failing: share(0.4, 0.1), lying, slow: share(0.4, 0.3), isFull: false },
    everyMs: {
      queueKill: maybe(0.6, () => dice.between(5000, 30_000)),
      workerKill: maybe(0.5, () => dice.between(5000, 30_000)),
      workerStop: maybe(0.3, () => dice.between(5000, 30_000)),
      workerFreeze: maybe(0.3, () => dice.between(5000, 30_000)),
      queueFreeze: maybe(0.15, () => dice.between(10_000, 30_000)),
      wallJump: maybe(0.4, () => dice.between(5000, 30_000)),
      fullDisk: maybe(0.2, () => dice.between(10_000, 40_000)),
      operation: maybe(0.8, () => dice.between(500, 5000))
    },
    isTidied,
    keepFinished: isTidied && dice.chance(0.3) ? 1 + dice.below(10) : 1_000_000,
    keepFinishedMs: isTidied && dice.chance(0.3) ? dice.between(1000, 60_000) : FOREVER_MS
  }
}

function crowd(): Plan {
  return {
    kind: 'crowd',
    stormMs: 60_000,
    submitters: 1,
    tasksEach: 0,
    workers: 0,
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
      operation: undefined
    },
    isTidied: false,
    keepFinished: 1_000_000,
    keepFinishedMs: FOREVER_MS
  }
}
