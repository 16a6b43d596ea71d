import { z } from 'zod'
import { type Contract, contractOf } from '../../../src/protocol/contracts/contract.ts'

/** The contract of a small tool; what a test speaks of is given, the rest is ordinary. */
export function contract(
  input: z.ZodRawShape = {},
  output: z.ZodRawShape = {},
  more: Partial<Omit<Contract, 'inputSchema' | 'outputSchema'>> = {}
): Contract {
  const made = contractOf({
    name: 'count_rows',
    description: 'Counts rows.',
    runtime: 'general',
    input: z.strictObject(input),
    output: z.object(output),
    effect: 'read',
    capability: { ability: 'dataset/read', resource: () => '' },
    errors: ['NOT_FOUND']
  })
  return { ...made, ...more }
}
