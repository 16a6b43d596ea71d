import { expect, test } from 'vitest'
import { z } from 'zod'
import { contractCid, contractOf } from '../../../src/protocol/contracts/contract.ts'
import { compareContractSets, describeComparison, lockText } from '../../../src/protocol/contracts/lock.ts'
import { contract } from './fixtures.ts'

const named = (name: string, input: z.ZodRawShape = {}) => contract(input, {}, { name })

test('the lock names every tool once, sorted, with the CID of its contract', () => {
  const [a, b] = [named('alpha'), named('beta')]
  expect(JSON.parse(lockText([b, a]))).toEqual({ alpha: contractCid(a).toString(), beta: contractCid(b).toString() })
  expect(lockText([b, a])).toBe(lockText([a, b]))
  expect(lockText([b, a]).indexOf('alpha')).toBeLessThan(lockText([b, a]).indexOf('beta'))
})

test('the order in which a tool lists its errors does not reach its CID', () => {
  const tool = {
    name: 'any',
    description: '',
    runtime: 'general',
    input: z.strictObject({}),
    output: z.object({}),
    effect: 'read',
    capability: { ability: 'x/y', resource: () => '' }
  } as const
  const [one, two] = [
    contractOf({ ...tool, errors: ['BUSY', 'NOT_FOUND'] }),
    contractOf({ ...tool, errors: ['NOT_FOUND', 'BUSY'] })
  ]
  expect(contractCid(one).equals(contractCid(two))).toBe(true)
})

test('a comparison of all tools tells the changed ones only, and knows a tool under its new name', () => {
  const before = [named('stays'), named('old_name', { p: z.boolean() }), named('changes')]
  const after = [named('stays'), named('new_name', { p: z.boolean() }), named('changes', { q: z.boolean().optional() })]
  const comparisons = compareContractSets(before, after)
  expect(comparisons.map(({ name, verdict, renamedTo }) => [name, verdict, renamedTo])).toEqual([
    ['changes', 'compatible', undefined],
    ['new_name', 'compatible', undefined],
    ['old_name', 'breaking', 'new_name']
  ])
  expect(comparisons.map(describeComparison).join('\n')).toContain('old_name: breaking, renamed to new_name')
})
