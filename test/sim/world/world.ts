/**
 * The time in which a history happens. Nothing in it waits for the machine: what is to happen stands in a list, and the next thing
 * happens when all that the last one set going has come to rest.
 */
import { hash } from 'node:crypto'
import { createDice, type Dice } from './dice.ts'

export interface World {
  /** Milliseconds since the history began. */
  now(): number
  /** Happens once after `delayMs`. Returns what calls it off. */
  after(delayMs: number, happen: () => void): () => void
  sleep(ms: number): Promise<void>
  /** A line of the trace. */
  note(...parts: (string | number | boolean)[]): void
  /** Lets things happen until then. */
  runUntil(time: number): Promise<void>
  /** What identifies all that happened. */
  digest(): string
  readonly trace: readonly string[]
  readonly dice: Dice
  readonly happened: number
}

/** Waiting for less than the numbers can tell apart would never end. */
const TICKS_PER_MS = 1000

interface Happening {
  time: number
  order: number
  happen: (() => void) | undefined
}

export function createWorld(seed: number): World {
  const dice = createDice(seed)
  const heap: Happening[] = []
  const trace: string[] = []
  let now = 0
  let order = 0
  let happened = 0

  const world: World = {
    dice,
    trace,
    now: () => now,
    after(delayMs, happen) {
      const happening: Happening = {
        time: now + Math.max(0, Math.ceil(delayMs * TICKS_PER_MS) / TICKS_PER_MS),
        order: order++,
        happen
      }
      push(heap, happening)
      return () => {
        happening.happen = undefined
      }
    },
    sleep: ms => new Promise(resolve => void world.after(ms, resolve)),
    note: (...parts) => void trace.push(`${now.toFixed(3)} ${parts.join(' ')}`),
    async runUntil(time) {
      await rest()
      for (let next = heap[0]; next && next.time <= time; next = heap[0]) {
        pop(heap)
        if (!next.happen) continue
        now = next.time
        happened++
        next.happen()
        await rest()
      }
      now = time
    },
    digest: () => hash('sha256', trace.join('\n')).slice(0, 16),
    get happened() {
      return happened
    }
  }
  return world
}

/** Ends when every promise that can go on has gone on: nothing in a history waits for anything but the world. */
const rest = () => new Promise(setImmediate)

const isBefore = (a: Happening, b: Happening): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

function push(heap: Happening[], item: Happening): void {
  let at = heap.push(item) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (!parent || !isBefore(item, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = item
}

function pop(heap: Happening[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    if (!left) break
    const isRight = right !== undefined && isBefore(right, left)
    const child = isRight ? right : left
    if (!isBefore(child, last)) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = last
}
