import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ERROR_TABLE } from '../../src/core/errors.ts'

test('docs/errors.md explains every code of the table, and no other, with the same retryability', async () => {
  const text = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| `([A-Z_]+)` \| (yes|no) \|/gm)].map(([, code, retryable]) => [
    code,
    retryable === 'yes'
  ])
  const declared = Object.entries(ERROR_TABLE).map(([code, { retryable }]) => [code, retryable])
  expect(documented).toEqual(declared)
})
