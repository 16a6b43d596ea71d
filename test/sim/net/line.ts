/** One direction between two machines: what is sent on a line arrives in its order, late, or when the cut is mended. */
import type { Clock } from '../../../src/core/clock.ts'
import type { Dice } from '../world/dice.ts'

export interface Latency {
  /** Milliseconds, from and up to. */
  usualMs: readonly [number, number]
  slowMs: number
  /** Share of what takes up to `slowMs`. */
  slow: number
}

export interface Line {
  send(deliver: () => void): void
}

export interface Lines {
  latency: Latency
  between(from: string, to: string): Line
  /** Nothing passes this way until it is mended. */
  cut(from: string, to: string): void
  mend(from: string, to: string): void
  isCut(from: string, to: string): boolean
}

export function createLines(clock: Pick<Clock, 'monotonic' | 'after'>, dice: Dice, latency: Latency): Lines {
  const held = new Map<string, (() => void)[]>()
  const keyOf = (from: string, to: string) => `${from}>${to}`

  const lines: Lines = {
    latency,
    between(from, to) {
      let lastAt = 0
      /** In the order of their sending, whatever the rounding of timers makes of it. */
      const underway: (() => void)[] = []
      return {
        send(deliver) {
          const { usualMs, slowMs, slow } = lines.latency
          const delayMs = dice.chance(slow) ? dice.between(usualMs[1], slowMs) : dice.between(...usualMs)
          lastAt = Math.max(lastAt, clock.monotonic() + delayMs)
          underway.push(deliver)
          clock.after(lastAt - clock.monotonic(), () => {
            const next = underway.shift()
            const waiting = held.get(keyOf(from, to))
            if (next && waiting) waiting.push(next)
            else next?.()
          })
        }
      }
    },
    cut: (from, to) => void (held.has(keyOf(from, to)) || held.set(keyOf(from, to), [])),
    mend(from, to) {
      const waiting = held.get(keyOf(from, to)) ?? []
      held.delete(keyOf(from, to))
      for (const deliver of waiting) deliver()
    },
    isCut: (from, to) => held.has(keyOf(from, to))
  }
  return lines
}
