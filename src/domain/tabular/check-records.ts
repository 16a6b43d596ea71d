/** Rules that records must keep, and where they do not. */
import { isRecord, type Rec } from './records.ts'

export const RULES = ['required', 'type', 'min', 'max', 'min_length', 'max_length', 'one_of', 'unique'] as const

export interface Rule {
  column: string
  rule: (typeof RULES)[number]
  /** A name of a type, a bound, or the values that are allowed. */
  value?: unknown
}

export interface Problem {
  /** JSON Pointer into the data. */
  path: string
  message: string
}

export const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] as const

/** Calls back for each problem, in the order of the records. Nulls break no rule but `required` and `type`. */
export function checkRecords(
  records: readonly unknown[],
  rules: readonly Rule[],
  report: (problem: Problem) => void
): void {
  const seen = rules.map(() => new Map<string, number>())
  for (const [index, record] of records.entries()) {
    if (!isRecord(record)) {
      report({ path: `/${index}`, message: 'is not an object' })
      continue
    }
    for (const [at, rule] of rules.entries()) {
      const message = broken(record, rule, seen[at] ?? new Map(), index)
      if (message !== undefined) report({ path: `/${index}/${pointer(rule.column)}`, message })
    }
  }
}

const pointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

function broken(
  record: Rec,
  { column, rule, value: bound }: Rule,
  seen: Map<string, number>,
  index: number
): string | undefined {
  const value = record[column]
  const isAbsent = value === null || value === undefined
  if (rule === 'required') return isAbsent ? 'is missing' : undefined
  if (rule === 'type')
    return value === undefined || typeOf(value, bound) ? undefined : `is not of type ${String(bound)}`
  if (isAbsent) return undefined
  const length = typeof value === 'string' || Array.isArray(value) ? value.length : Number.NaN
  switch (rule) {
    case 'min':
      return Number(value) >= Number(bound) ? undefined : `is less than ${String(bound)}, or no number`
    case 'max':
      return Number(value) <= Number(bound) ? undefined : `is more than ${String(bound)}, or no number`
    case 'min_length':
      return length >= Number(bound) ? undefined : `is shorter than ${String(bound)}, or no text`
    case 'max_length':
      return length <= Number(bound) ? undefined : `is longer than ${String(bound)}, or no text`
    case 'one_of': {
      const text = JSON.stringify(value)
      return Array.isArray(bound) && bound.some(item => JSON.stringify(item) === text)
        ? undefined
        : 'is not one of the values allowed'
    }
    case 'unique': {
      const text = JSON.stringify(value)
      const before = seen.get(text)
      if (before === undefined) seen.set(text, index)
      return before === undefined ? undefined : `is the same as in record ${before}`
    }
  }
}

function typeOf(value: unknown, name: unknown): boolean {
  if (name === 'null') return value === null
  if (name === 'array') return Array.isArray(value)
  if (name === 'object') return isRecord(value)
  if (name === 'integer') return Number.isInteger(value)
  return typeof value === name
}
