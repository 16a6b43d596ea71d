/** What tasks ask of those who run them. */
import type { JsonObject, Submission } from '../../../src/services/queue/api.ts'
import type { Dice } from '../world/dice.ts'
import { EPOCH_MS } from '../world/host.ts'
import type { World } from '../world/world.ts'

export const actor = { kind: 'local', id: 'local:sim' } as const

export const TYPES = ['count', 'copy', 'sort'] as const

/** The payload of every task here. */
export interface Work extends JsonObject {
  durationMs: number
  /** So many attempts fail first. */
  failures: number
  /** Of those failures. */
  code: string
  /** Attempts that never end by themselves, so that their time limit ends them. */
  hangs: number
  /** Does not stop when it is asked to. */
  isDeaf: boolean
  padding: string
}

const retrying = { baseMs: 200, factor: 2, maxMs: 5000, jitter: 0.5, nonRetryable: ['UNSUPPORTED'] }

export function drawSubmission(dice: Dice, world: World): Submission {
  const isLong = dice.chance(0.25)
  const isHanging = dice.chance(0.1)
  const work: Work = {
    durationMs: Math.round(dice.chance(0.3) ? dice.between(1000, 15_000) : dice.between(5, 500)),
    failures: dice.chance(0.3) ? dice.below(4) : 0,
    code: dice.pick(['FETCH_FAILED', 'FETCH_FAILED', 'FETCH_FAILED', 'UNSUPPORTED']),
    hangs: isHanging ? 1 : 0,
    isDeaf: dice.chance(0.1),
    padding: isLong ? 'x'.repeat(300) : ''
  }
  return {
    type: dice.pick(TYPES),
    payload: work,
    priority: 1 + dice.below(10),
    submitter: actor,
    retry: { ...retrying, maxAttempts: 1 + dice.below(4) },
    ...(dice.chance(0.15) && { notBefore: Math.round(EPOCH_MS + world.now() + dice.between(0, 20_000)) }),
    ...(dice.chance(0.1) && { deadlineAt: Math.round(EPOCH_MS + world.now() + dice.between(500, 60_000)) }),
    ...((isHanging || dice.chance(0.1)) && { timeoutMs: Math.round(dice.between(200, 10_000)) }),
    ...(dice.chance(0.1) && { stickyWorkerId: dice.pick(['worker1', 'worker2', 'nobody']) }),
    ...(dice.chance(0.1) && { sessionId: dice.pick(['morning', 'evening']) }),
    ...(dice.chance(0.1) && { requires: ['gpu'] })
  }
}
