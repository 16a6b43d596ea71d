import { expect, test } from 'vitest'
import { z } from 'zod'
import type { AppError } from '../../src/core/errors.ts'
import { parseInput } from '../../src/runtime/validate.ts'

const schema = z.strictObject({ name: z.string(), rows: z.union([z.string(), z.array(z.object({ a: z.string() }))]) })
const published = { type: 'object', properties: { name: {}, rows: {} } }

function refusalOf(value: unknown): AppError {
  try {
    parseInput(schema, published, value)
  } catch (error) {
    // Nothing but an AppError leaves parseInput.
    return error as AppError
  }
  throw new Error('It was not refused')
}

test.each([
  [
    'many unknown names',
    { name: 'x', rows: 'x', ...Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n])) }
  ],
  ['one endless name', { name: 'x', rows: 'x', ['k'.repeat(4_000_000)]: 1 }],
  ['many wrong members', { name: 'x', rows: Array.from({ length: 100_000 }, () => ({ a: 1 })) }]
])('a refusal stays short whatever the input holds: %s', (_name, value) => {
  const error = refusalOf(value)
  expect(error.code).toBe('INVALID_INPUT')
  expect(JSON.stringify([error.message, error.issues]).length).toBeLessThan(64 * 1024)
})

test('a refusal says how many issues there are, those that it does not show included', () => {
  const unknown = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n]))
  expect(refusalOf({ rows: 'x', ...unknown }).message).toBe('/name: Missing, and required (and 1000 more)')
})
