/** When a waiting task is likely to start. The throughput is asked for at most once a second, however many tasks are submitted. */
import type { Clock } from '../../core/clock.ts'

const FRESH_MS = 1000

export function createStartEstimate(
  clock: Clock,
  throughputPerSecond: () => Promise<number>
): (position: number) => Promise<number | undefined> {
  let asked: { at: number; answer: Promise<number> } | undefined
  return async position => {
    const at = clock.monotonic()
    if (!asked || at - asked.at >= FRESH_MS) asked = { at, answer: throughputPerSecond().catch(() => 0) }
    const perSecond = await asked.answer
    return perSecond > 0 ? clock.now() + (position / perSecond) * 1000 : undefined
  }
}
