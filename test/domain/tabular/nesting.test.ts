import { expect, test } from 'vitest'
import { nestingOf } from '../../../src/domain/tabular/nesting.ts'

test.each([
  ['BIGINT', 0],
  ['BIGINT[]', 1],
  ['VARCHAR[3][]', 2],
  ['STRUCT(a BIGINT, b VARCHAR[])', 2],
  ['STRUCT(a STRUCT(b BIGINT[])[], c DOUBLE)[]', 5],
  ['STRUCT("a)[](\\"",b" BIGINT, c BIGINT[])', 2],
  ['MAP(VARCHAR, BIGINT[])', 2],
  [`BIGINT${'[]'.repeat(40)}`, 40]
])('%s is nested %i deep', (type, depth) => {
  expect(nestingOf(type.replaceAll('\\"', '""'))).toBe(depth)
})
