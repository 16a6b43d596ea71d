/**
 * What `interface-blockstore-tests` takes from `aegir/chai`: chai's `expect`, where `.eventually` and `.rejected` wait for a
 * promise, and `.ok`, `.true` and `.false` may also be called.
 */
import { expect as chaiExpect } from 'chai'

type Step = { property: PropertyKey } | { args: unknown[] }
const CALLABLE = new Set<PropertyKey>(['ok', 'true', 'false'])

export function expect(subject: unknown): unknown {
  return subject instanceof Promise ? record(subject, []) : callable(chaiExpect(subject))
}

/** Remembers a chain of assertions and applies it to what the promise ends in, once somebody awaits the chain. */
function record(subject: Promise<unknown>, steps: Step[]): unknown {
  return new Proxy(() => {}, {
    get(_, property) {
      if (property !== 'then') return record(subject, [...steps, { property }])
      const outcome = settle(subject, steps)
      return outcome.then.bind(outcome)
    },
    apply: (_, __, args) => record(subject, [...steps, { args }])
  })
}

async function settle(subject: Promise<unknown>, steps: Step[]): Promise<void> {
  const rejected = steps.findIndex(step => 'property' in step && step.property === 'rejected')
  if (rejected === -1) return replay(await subject, steps)
  const failure: unknown = await subject.then(
    () => Promise.reject(new Error('expected the promise to be rejected')),
    error => error
  )
  replay(failure, steps.slice(rejected + 1))
}

function replay(value: unknown, steps: Step[]): void {
  let chain: unknown = chaiExpect(value)
  let owner: unknown
  for (const step of steps) {
    if ('property' in step) {
      if (step.property === 'eventually') continue
      owner = chain
      // Chai's chains are untyped on purpose: every word leads to a further chain.
      chain = Reflect.get(Object(chain), step.property)
    } else {
      // The word before the parentheses was read from `owner`, which is its `this`.
      chain = Reflect.apply(chain as () => unknown, owner, step.args)
    }
  }
}

function callable(chain: object): object {
  return new Proxy(chain, {
    get(target, property) {
      const next: unknown = Reflect.get(target, property, target)
      if (CALLABLE.has(property)) return () => next
      if (typeof next === 'function') {
        // `deep.equal` and its like are functions that read their flags from `this`.
        return Object.assign((...args: unknown[]) => Reflect.apply(next, target, args), {})
      }
      return typeof next === 'object' && next !== null ? callable(next) : next
    }
  })
}
