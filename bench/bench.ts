/** What a bench is: it gets a place of its own, owns what it starts there, and answers figures. */
import type { Figure } from './figures.ts'

export interface BenchContext {
  /** An empty directory, removed afterwards. */
  scratch: string
  /** Whatever must be ended when the bench is over or out of time. */
  own: AsyncDisposableStack
  /** A line for whoever watches. */
  say: (text: string) => void
}

export type Bench = (context: BenchContext) => Promise<Figure[]>

/** Measures each side once per round, in turn, so that a drift of the machine meets all of them alike. */
export async function rounds<K extends string>(count: number, sides: Record<K, () => Promise<void>>): Promise<void> {
  for (let round = 0; round < count; round++) {
    for (const measure of Object.values<() => Promise<void>>(sides)) await measure()
  }
}
