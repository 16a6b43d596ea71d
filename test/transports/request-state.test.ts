import fc from 'fast-check'
import { expect, test } from 'vitest'
import { systemRandom } from '../../src/core/random.ts'
import { createRequestStates } from '../../src/transports/request-state.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

const SUBJECT = ['tools/call', 'ask', { b: 1, a: 2 }, { kind: 'loopback' }]
const ANSWERS = { step1: { action: 'accept', content: { name: 'Alice' } } }

function setUp() {
  const clock = createManualClock()
  return { clock, states: createRequestStates(systemRandom, clock) }
}

test('a state opens for its own request, in whatever order its members come back, and only once', () => {
  const { states } = setUp()
  const state = states.seal(SUBJECT, ANSWERS)
  const same = ['tools/call', 'ask', { a: 2, b: 1 }, { kind: 'loopback' }]
  expect(states.open(state, same)).toEqual(ANSWERS)
  expect(states.open(state, same)).toBeUndefined()
})

test.each([
  ['method', ['prompts/get', 'ask', { b: 1, a: 2 }, { kind: 'loopback' }]],
  ['name', ['tools/call', 'other', { b: 1, a: 2 }, { kind: 'loopback' }]],
  ['argument', ['tools/call', 'ask', { b: 1, a: 3 }, { kind: 'loopback' }]],
  ['caller', ['tools/call', 'ask', { b: 1, a: 2 }, { kind: 'bearer', accepted: true }]]
])('mallory cannot use a state with another %s', (_what, other) => {
  const { states } = setUp()
  expect(states.open(states.seal(SUBJECT, ANSWERS), other)).toBeUndefined()
})

test('a state of another process, or one that is too old, does not open', () => {
  const { states, clock } = setUp()
  expect(states.open(setUp().states.seal(SUBJECT, ANSWERS), SUBJECT)).toBeUndefined()
  const state = states.seal(SUBJECT, ANSWERS)
  clock.advance(31 * 60_000)
  expect(states.open(state, SUBJECT)).toBeUndefined()
})

test('no change of a state opens, and neither does any other text', () => {
  const { states } = setUp()
  const state = states.seal(SUBJECT, ANSWERS)
  const character = fc.constantFrom(...'ABCxyz019-_.=+/ ')
  fc.assert(
    fc.property(fc.nat(state.length - 1), character, (at, changed) => {
      const forged = state.slice(0, at) + changed + state.slice(at + 1)
      expect(forged === state ? undefined : states.open(forged, SUBJECT)).toBeUndefined()
    })
  )
  fc.assert(
    fc.property(fc.string(), text => {
      expect(states.open(text, SUBJECT)).toBeUndefined()
    })
  )
  expect(states.open(`${state}-TAMPERED`, SUBJECT)).toBeUndefined()
  expect(states.open(state, SUBJECT)).toEqual(ANSWERS)
})

test('states that are never used push each other out, oldest first', () => {
  const { states } = setUp()
  const [first, second] = [states.seal(SUBJECT, {}), states.seal(SUBJECT, ANSWERS)]
  for (let made = 2; made < 10_001; made++) states.seal(SUBJECT, {})
  expect(states.open(first, SUBJECT)).toBeUndefined()
  expect(states.open(second, SUBJECT)).toEqual(ANSWERS)
})
