/** The history of calls, in memory. `api.ts` has its guarantees. */
import type { Clock } from '../../core/clock.ts'
import { type CallHistory, DURATION_BOUNDS_MS, MAX_RECENT_CALLS, type RecentCall, type ToolCalls } from './api.ts'

interface Tally extends ToolCalls {
  histogram: number[]
}

export function createCallHistory(clock: Pick<Clock, 'now'>): CallHistory {
  const tallies = new Map<string | undefined, Tally>()
  /** A ring: the oldest is written over. */
  const ring: RecentCall[] = []
  let next = 0

  function tallyOf(tool: string | undefined): Tally {
    let tally = tallies.get(tool)
    if (!tally) {
      const histogram = new Array<number>(DURATION_BOUNDS_MS.length + 1).fill(0)
      tally = { tool, calls: 0, failures: 0, totalMs: 0, maxMs: 0, histogram }
      tallies.set(tool, tally)
    }
    return tally
  }

  return {
    since: clock.now(),

    note(call) {
      const tally = tallyOf(call.tool)
      tally.calls++
      if (call.error !== undefined) tally.failures++
      tally.totalMs += call.durationMs
      if (call.durationMs > tally.maxMs) tally.maxMs = call.durationMs
      const found = DURATION_BOUNDS_MS.findIndex(bound => call.durationMs <= bound)
      const place = found === -1 ? DURATION_BOUNDS_MS.length : found
      tally.histogram[place] = (tally.histogram[place] ?? 0) + 1
      ring[next] = { ...call, endedAt: clock.now() }
      next = (next + 1) % MAX_RECENT_CALLS
    },

    tools: () => [...tallies.values()].map(tally => ({ ...tally, histogram: [...tally.histogram] })),
    recent: limit => [...ring.slice(next), ...ring.slice(0, next)].reverse().slice(0, limit)
  }
}
