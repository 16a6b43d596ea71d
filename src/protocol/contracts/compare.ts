/**
 * Whether a changed contract still serves those who call by the old one. A caller gives input and reads output, so a narrower
 * input breaks it, and so does a wider output; a member that is new in a result does not, because readers take what they know.
 */
import type { Effect } from '../../core/tool.ts'
import { compareSchemas } from './compare-schemas.ts'
import { type Contract, contractText } from './contract.ts'
import { type SchemaChange, type Shift, told } from './schema-change.ts'

/** From the worst to the best. */
export const VERDICTS = ['breaking', 'compatible', 'words-only', 'same'] as const
export type Verdict = (typeof VERDICTS)[number]

export interface ContractChange {
  path: string
  verdict: Exclude<Verdict, 'same'>
  what: string
}

export interface Comparison {
  verdict: Verdict
  changes: ContractChange[]
}

/** `undefined` stands for a tool that is not there. */
export function compareContracts(before: Contract | undefined, after: Contract | undefined): Comparison {
  if (!before || !after) return judge(presence(before, after))
  if (contractText(before) === contractText(after)) return judge([])
  const changes = [
    ...compareFace(before, after),
    ...compareSchemas(before.inputSchema, after.inputSchema, '/input').map(change => weigh(change, ON_INPUT)),
    ...compareSchemas(before.outputSchema, after.outputSchema, '/output').map(change => weigh(change, ON_OUTPUT))
  ]
  return judge(
    changes.length > 0 ? changes : [{ path: '/', verdict: 'words-only', what: 'the same is written in another order' }]
  )
}

const ON_INPUT: Record<Shift, ContractChange['verdict']> = {
  narrower: 'breaking',
  wider: 'compatible',
  'member-removed': 'breaking',
  'member-added': 'compatible',
  'default-added': 'compatible',
  'default-changed': 'breaking',
  words: 'words-only'
}

const ON_OUTPUT: Record<Shift, ContractChange['verdict']> = {
  narrower: 'compatible',
  wider: 'breaking',
  'member-removed': 'breaking',
  'member-added': 'compatible',
  'default-added': 'words-only',
  'default-changed': 'words-only',
  words: 'words-only'
}

function weigh({ path, shift, what }: SchemaChange, table: typeof ON_INPUT): ContractChange {
  return { path, verdict: table[shift], what }
}

function presence(before: Contract | undefined, after: Contract | undefined): ContractChange[] {
  if (before) return [{ path: '/', verdict: 'breaking', what: 'the tool is gone' }]
  return after ? [{ path: '/', verdict: 'compatible', what: 'the tool is new' }] : []
}

/** All of a contract that is no schema. */
function compareFace(before: Contract, after: Contract): ContractChange[] {
  const changes: ContractChange[] = []
  const note = (path: string, verdict: ContractChange['verdict'], from: unknown, to: unknown) =>
    changes.push({ path, verdict, what: told(from, to) })
  if (before.name !== after.name) note('/name', 'breaking', before.name, after.name)
  if (before.description !== after.description) {
    note('/description', 'words-only', before.description, after.description)
  }
  if (before.effect !== after.effect) {
    note('/effect', isMilder(before.effect, after.effect) ? 'compatible' : 'breaking', before.effect, after.effect)
  }
  // What was granted for the old ability does not open the new one.
  if (before.ability !== after.ability) note('/ability', 'breaking', before.ability, after.ability)
  const codes = (here: Contract, there: Contract) => here.errors.filter(code => !there.errors.includes(code))
  for (const code of codes(after, before)) note('/errors', 'breaking', undefined, code)
  for (const code of codes(before, after)) note('/errors', 'compatible', code, undefined)
  return changes
}

/** Clients ask people before a call by its effect; only a step down this ladder can never surprise them. */
const LADDER: readonly Effect[] = ['read', 'create', 'replace', 'delete']

function isMilder(before: Effect, after: Effect): boolean {
  return (
    after === 'read' ||
    (LADDER.includes(before) && LADDER.indexOf(after) < LADDER.indexOf(before) && LADDER.includes(after))
  )
}

function judge(changes: ContractChange[]): Comparison {
  const verdict = VERDICTS.find(one => changes.some(change => change.verdict === one)) ?? 'same'
  return { verdict, changes }
}
