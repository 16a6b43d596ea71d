/** What a network does to frames that no sound one does: it loses, doubles, swaps, splits and breaks them. */
import type { Dice } from '../world/dice.ts'

export interface FaultShares {
  lost: number
  doubled: number
  /** Goes out after the next one, or with it. */
  swapped: number
  split: number
  /** The stream breaks in the middle of it. */
  broken: number
}

export const SOUND_FRAMES: FaultShares = { lost: 0, doubled: 0, swapped: 0, split: 0, broken: 0 }

export interface FrameFaults {
  /** What goes out instead of this frame. */
  apply(frame: Uint8Array): (Uint8Array | 'break')[]
}

/** For one direction of one stream. */
export function createFrameFaults(dice: Dice, shares: () => FaultShares): FrameFaults {
  let waiting: Uint8Array | undefined

  return {
    apply(frame) {
      const { lost, doubled, swapped, split, broken } = shares()
      const before = waiting
      waiting = undefined
      const after = before ? [before] : []
      const cut = 1 + dice.below(Math.max(1, frame.length - 1))
      if (dice.chance(broken)) return [frame.slice(0, cut), 'break']
      if (dice.chance(lost)) return after
      if (!before && dice.chance(swapped)) {
        waiting = frame
        return []
      }
      if (dice.chance(doubled)) return [frame, ...after, frame]
      return dice.chance(split) ? [frame.slice(0, cut), frame.slice(cut), ...after] : [frame, ...after]
    }
  }
}
