import { expect, test } from 'vitest'
import { runHistory } from './run-history.ts'

/** `HISTORIES` says how many, `SEED` runs one again and prints what happened in it. */
const count = Number(process.env.HISTORIES ?? 2000)
const seeds =
  process.env.SEED === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(process.env.SEED)]
const PER_HISTORY_MS = 1000

test('the same seed is the same history, another seed another', async () => {
  const [first, again, other] = [await runHistory(17), await runHistory(17), await runHistory(18)]
  expect(again.digest).toBe(first.digest)
  expect(again.trace).toEqual(first.trace)
  expect(other.digest).not.toBe(first.digest)
})

test(`every guarantee holds in ${seeds.length} histories`, {
  timeout: 60_000 + seeds.length * PER_HISTORY_MS
}, async () => {
  const seen = { claims: 0, effects: 0, losses: 0 }
  for (const seed of seeds) {
    const { faults, digest, trace, history } = await runHistory(seed)
    if (process.env.SEED !== undefined) console.log(`${trace.join('\n')}\ntrace ${digest}`)
    expect(faults, `SEED=${seed} npm run test:sim (trace ${digest})`).toEqual([])
    seen.claims += history.claims.length
    seen.effects += history.effects.length
    seen.losses += history.losses.length
  }
  // Nothing is proven by histories in which nothing happens.
  expect(seen.claims).toBeGreaterThanOrEqual(seeds.length)
  if (seeds.length >= 500) expect(Math.min(seen.effects, seen.losses)).toBeGreaterThan(0)
})
