/** The lock and its snapshots as files, written and checked by the script that `npm run check` runs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { checkContracts, writeContracts } from '../../../scripts/contracts.ts'
import { cidOf } from '../../../src/core/cid.ts'
import { contract } from './fixtures.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'contracts-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const text = z.string().max(10)
const alpha = contract({ p: text }, {}, { name: 'alpha' })
const beta = contract({}, {}, { name: 'beta' })

test('what was written is found right, and each snapshot hashes to the CID in the lock', async () => {
  await writeContracts([alpha, beta], root)
  expect(await checkContracts([beta, alpha], root)).toEqual([])
  const lock = JSON.parse(await readFile(join(root, 'contracts.lock'), 'utf8'))
  expect(Object.keys(lock)).toEqual(['alpha', 'beta'])
  for (const [name, cid] of Object.entries(lock)) {
    expect(cidOf(await readFile(join(root, 'contracts', `${name}.json`))).toString()).toBe(cid)
  }
})

test.each([
  ['breaking', contract({ p: text, q: text }, {}, { name: 'alpha' }), '/input/q is now required'],
  ['compatible', contract({ p: z.string().max(20) }, {}, { name: 'alpha' }), '/input/p maxLength from 10 to 20'],
  ['words-only', contract({ p: text }, {}, { name: 'alpha', description: 'Else.' }), '/description']
])('a change that is %s fails the check with that word and what changed', async (verdict, changed, what) => {
  await writeContracts([alpha, beta], root)
  const problems = await checkContracts([changed, beta], root)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(`alpha: ${verdict}`)
  expect(problems[0]).toContain(what)
})

test('a new tool, one that is gone, and a lock that is not there fail the check', async () => {
  expect(await checkContracts([alpha], root)).toEqual([expect.stringContaining('alpha: compatible')])
  await writeContracts([alpha], root)
  expect(await checkContracts([alpha, beta], root)).toEqual([expect.stringContaining('the tool is new')])
  expect(await checkContracts([], root)).toEqual([expect.stringContaining('the tool is gone')])
})

test('a snapshot that was edited by hand, or belongs to nobody, fails the check', async () => {
  await writeContracts([alpha, beta], root)
  await writeFile(join(root, 'contracts/alpha.json'), JSON.stringify(alpha, undefined, 2))
  await writeFile(join(root, 'contracts/gamma.json'), '{}')
  const problems = await checkContracts([alpha, beta], root)
  expect(problems.join('\n')).toMatch(/alpha: its snapshot is not what the lock names/)
  expect(problems.join('\n')).toMatch(/gamma\.json belongs to no tool/)
})

test('a tool that is gone leaves no snapshot behind', async () => {
  await writeContracts([alpha, beta], root)
  await writeContracts([beta], root)
  expect(await checkContracts([beta], root)).toEqual([])
})
