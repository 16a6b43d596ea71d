/** Which task types are taken: those that a worker is known to run, here or elsewhere. */
import type { AppError } from '../../core/errors.ts'

export interface TypeGate {
  /** A worker runs these. */
  learn(types: readonly string[]): void
  /** Throws why nobody would ever run it. */
  check(type: string): void
}

export function createTypeGate(refuse: (type: string) => AppError | undefined): TypeGate {
  const known = new Set<string>()
  return {
    learn(types) {
      for (const type of types) known.add(type)
    },
    check(type) {
      const refusal = known.has(type) ? undefined : refuse(type)
      if (refusal) throw refusal
    }
  }
}
