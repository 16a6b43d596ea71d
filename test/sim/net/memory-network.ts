/**
 * A network in memory for nodes in one process: with latency, loss, partitions in both directions or in one, machines that fall silent,
 * and faults in the frames themselves. By the clock and the dice that it is given, so that a history can be repeated.
 */
import type { Clock } from '../../../src/core/clock.ts'
import type { Dice } from '../world/dice.ts'
import type { End, EndProcess } from './connection.ts'
import { type FaultShares, SOUND_FRAMES } from './frame-faults.ts'
import { createLines, type Latency, type Lines } from './line.ts'
import type { Listener } from './memory-host.ts'

export const CALM_LATENCY: Latency = { usualMs: [1, 10], slowMs: 0, slow: 0 }

/** When whoever sends signs of life gives up a connection that answers none. */
const SILENCE_MS: readonly [number, number] = [10_000, 20_000]

export interface Pair {
  machines: readonly [string, string]
  ends: [End | undefined, End | undefined]
  processes: readonly [EndProcess, EndProcess]
}

export interface MemoryNetwork {
  readonly clock: Pick<Clock, 'monotonic' | 'after'>
  readonly dice: Dice
  readonly lines: Lines
  readonly listeners: Map<string, Listener>
  readonly pairs: Set<Pair>
  /** Of frames. */
  faults: FaultShares
  /** Told of everything that arrives. */
  note: (line: string, what: string) => void
  /** One way; connections that hear nothing for long are given up at both ends. */
  cut(from: string, to: string): void
  mend(from: string, to: string): void
  mendAll(): void
  /** Its process has ended. Those it was connected to are told at once, or find out if the whole machine is silent. */
  ended(machine: string, process: EndProcess, isSilent: boolean): void
}

export function createMemoryNetwork(
  clock: Pick<Clock, 'monotonic' | 'after'>,
  dice: Dice,
  note: MemoryNetwork['note'] = () => {}
): MemoryNetwork {
  const lines = createLines(clock, dice, CALM_LATENCY)
  const pairs = new Set<Pair>()
  const cuts = new Map<string, readonly [string, string]>()

  /** At each of its ends, unless it is well again by then. */
  function giveUp(pair: Pair, isWell: () => boolean): void {
    for (const end of [0, 1] as const) {
      clock.after(dice.between(...SILENCE_MS), () => {
        if (!isWell()) pair.processes[end].enter(() => pair.ends[end]?.close(new Error('The other side is silent')))
      })
    }
  }

  const network: MemoryNetwork = {
    clock,
    dice,
    lines,
    listeners: new Map(),
    pairs,
    faults: SOUND_FRAMES,
    note,
    cut(from, to) {
      if (lines.isCut(from, to)) return
      const cut = [from, to] as const
      cuts.set(`${from}>${to}`, cut)
      lines.cut(from, to)
      for (const pair of pairs) {
        const isBetween = pair.machines.includes(from) && pair.machines.includes(to)
        if (isBetween) giveUp(pair, () => cuts.get(`${from}>${to}`) !== cut)
      }
    },
    mend(from, to) {
      cuts.delete(`${from}>${to}`)
      lines.mend(from, to)
    },
    mendAll() {
      for (const [from, to] of [...cuts.values()]) network.mend(from, to)
    },
    ended(machine, process, isSilent) {
      if (network.listeners.get(machine)?.process === process) network.listeners.delete(machine)
      for (const pair of pairs) {
        const side = pair.processes.indexOf(process)
        if (side < 0) continue
        pairs.delete(pair)
        const other = pair.ends[1 - side]
        const [to = ''] = pair.machines.filter((_, index) => index !== side)
        if (isSilent) giveUp(pair, () => false)
        else lines.between(machine, to).send(() => other?.receive({ bye: true }))
      }
    }
  }
  return network
}
