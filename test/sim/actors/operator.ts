/** Who interferes: cancels, pauses, changes priorities, retries, clears, removes, and takes workers away. */
import type { Caller } from '../world/calls.ts'
import type { World } from '../world/world.ts'
import type { Known } from './known.ts'
import { actor } from './work.ts'

export interface OperatorOptions {
  world: World
  caller: Caller
  known: Known
  everyMs: number
  isTidied: boolean
  isOver: () => boolean
}

export async function operate({ world, caller, known, everyMs, isTidied, isOver }: OperatorOptions): Promise<void> {
  const dice = world.dice.split()

  async function act(): Promise<unknown> {
    const taskId = known.any(dice)
    const about = dice.below(isTidied ? 24 : 18)
    if (about < 3) return await pauseAndResume()
    if (about === 3) return await caller.call('stats', [])
    if (about < 6)
      return await caller.call('list', [{ limit: 1 + dice.below(5), order: dice.pick(['oldest', 'newest']) }])
    if (about === 6) return await caller.call('clear', ['queued'])
    if (about === 7) {
      const workerId = `worker${1 + dice.below(3)}`
      return await caller.call('unregisterWorker', [workerId, { graceful: dice.chance(0.5), principal: actor }])
    }
    if (about === 18) return await caller.call('clear', [dice.pick(['completed', 'failed', 'cancelled'])])
    if (taskId === undefined) return undefined
    if (about < 12) return await caller.call('cancel', [taskId, { reason: 'Asked for', force: dice.chance(0.5) }])
    if (about < 15) return await caller.call('reprioritize', [taskId, 1 + dice.below(10)])
    if (about < 18) {
      const again = await caller.call('retry', [taskId, { submitter: actor }])
      return known.add(again.taskId)
    }
    return await caller.call('remove', [taskId])
  }

  async function pauseAndResume(): Promise<void> {
    await caller.call('pause', ['A look inside'])
    await world.sleep(dice.between(100, 8000))
    await caller.call('resume', [])
  }

  while (!isOver()) {
    await world.sleep(dice.between(0, 2 * everyMs))
    await act().catch(() => {})
  }
}
