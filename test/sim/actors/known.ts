/** Task ids that somebody has heard of. */
import type { Dice } from '../world/dice.ts'

export interface Known {
  add(taskId: string): void
  any(dice: Dice): string | undefined
}

export function createKnown(): Known {
  const ids: string[] = []
  return {
    add(taskId) {
      if (!ids.includes(taskId)) ids.push(taskId)
    },
    any: dice => ids[dice.below(ids.length)]
  }
}
