import { describe, expect, test } from 'vitest'
import { runHistory as runPeerHistory } from './nodes/run-peer-history.ts'
import { runHistory } from './run-history.ts'

const PER_HISTORY_MS = 1000

/** `HISTORIES` says how many, `SEED` runs one again and prints what happened in it; `-t` chooses one of the two kinds. */
describe.each([
  ['queue', runHistory, 2000],
  ['peers', runPeerHistory, 150]
])('%s', (kind, run, usual) => {
  const { SEED, HISTORIES } = process.env
  const count = Number(HISTORIES ?? usual)
  const seeds = SEED === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(SEED)]

  test.each([5, 17])('the same seed is the same history, another seed another (%i)', async seed => {
    const [first, again, other] = [await run(seed), await run(seed), await run(seed + 1)]
    expect(again.digest).toBe(first.digest)
    expect(again.trace).toEqual(first.trace)
    expect(other.digest).not.toBe(first.digest)
  })

  test(`every guarantee holds in ${seeds.length} histories`, {
    timeout: 60_000 + seeds.length * PER_HISTORY_MS
  }, async () => {
    const seen = { claims: 0, effects: 0, losses: 0 }
    for (const seed of seeds) {
      const { faults, digest, trace, history } = await run(seed)
      if (SEED !== undefined) console.log(`${trace.join('\n')}\ntrace ${digest}`)
      expect(faults, `SEED=${seed} npm run test:sim -- -t ${kind} (trace ${digest})`).toEqual([])
      seen.claims += history.claims.length
      seen.effects += history.effects.length
      seen.losses += history.losses.length
    }
    // Nothing is proven by histories in which nothing happens.
    expect(seen.claims).toBeGreaterThanOrEqual(seeds.length)
    if (seeds.length >= 100) expect(seen.effects).toBeGreaterThan(0)
    if (kind === 'queue' && seeds.length >= 500) expect(seen.losses).toBeGreaterThan(0)
  })
})
