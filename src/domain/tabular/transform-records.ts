/** Changes of records that are at hand as values; tables of any size go through `operations.ts` and the engine. */
import { AppError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { columnsOf, isRecord, type Rec } from './records.ts'

export const RECORD_TRANSFORMATIONS = [
  'filter',
  'select',
  'drop',
  'rename',
  'sort',
  'limit',
  'distinct',
  'fill_null',
  'flatten',
  'normalize',
  'standardize',
  'aggregate'
] as const
export type RecordTransformation = (typeof RECORD_TRANSFORMATIONS)[number]

export const MATCHES = [
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'contains',
  'starts_with',
  'ends_with',
  'is_null',
  'not_null'
] as const
export type Match = (typeof MATCHES)[number]

export const SUMMARIES = ['count', 'sum', 'mean', 'min', 'max'] as const
export type Summary = (typeof SUMMARIES)[number]

/** Which of them a transformation needs, `transformRecords` says. */
export interface TransformParameters {
  column?: string | undefined
  columns?: readonly string[] | undefined
  names?: Readonly<Record<string, string>> | undefined
  condition?: Match | undefined
  value?: unknown
  ascending?: boolean | undefined
  count?: number | undefined
  summary?: Summary | undefined
}

/** The records stay as they are. INVALID_INPUT for what is missing, and for a column that no record has. */
export function transformRecords(
  records: readonly Rec[],
  transformation: RecordTransformation,
  parameters: TransformParameters
): Rec[] {
  const known = columnsOf(records)
  const needColumn = (): string => checked(parameters.column ?? fail('column', `${transformation} needs a column`))
  const needColumns = (): readonly string[] =>
    (parameters.columns ?? fail('columns', `${transformation} needs columns`)).map(checked)
  const checked = (name: string): string => {
    if (known.includes(name) || records.length === 0) return name
    const near = nearest(name, known)
    return fail(
      'column',
      `No record has "${name.slice(0, 80)}"${near === undefined ? '' : `; did you mean "${near}"?`}`
    )
  }

  switch (transformation) {
    case 'filter': {
      const holds = matcher(parameters)
      const column = needColumn()
      return records.filter(record => holds(record[column] ?? null))
    }
    case 'select': {
      const columns = needColumns()
      return records.map(record => Object.fromEntries(columns.map(name => [name, record[name] ?? null])))
    }
    case 'drop': {
      const dropped = new Set(needColumns())
      return mapMembers(records, members => members.filter(([name]) => !dropped.has(name)))
    }
    case 'rename': {
      const names = new Map(
        Object.entries(parameters.names ?? fail('names', 'rename needs names, old to new')).map(([from, to]) => [
          checked(from),
          to
        ])
      )
      return mapMembers(records, members => members.map(([name, value]) => [names.get(name) ?? name, value]))
    }
    case 'sort': {
      const column = needColumn()
      const sign = parameters.ascending === false ? -1 : 1
      return records.toSorted((a, b) => order(a[column], b[column], sign))
    }
    case 'limit':
      return records.slice(0, parameters.count ?? fail('count', 'limit needs a count'))
    case 'distinct':
      return distinct(records, parameters.columns?.map(checked))
    case 'fill_null': {
      const { value } = parameters
      if (value === undefined) fail('value', 'fill_null needs a value')
      const columns = parameters.columns?.map(checked) ?? known
      return records.map(record => ({
        ...record,
        ...Object.fromEntries(columns.map(name => [name, record[name] ?? value]))
      }))
    }
    case 'flatten':
      return records.map(record => Object.fromEntries(flat(record)))
    case 'normalize':
    case 'standardize':
      return scale(records, needColumn(), transformation)
    case 'aggregate':
      return aggregate(records, (parameters.columns ?? []).map(checked), parameters, checked)
  }
}

function fail(name: string, message: string): never {
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}

function mapMembers(records: readonly Rec[], change: (members: [string, unknown][]) => [string, unknown][]): Rec[] {
  return records.map(record => Object.fromEntries(change(Object.entries(record))))
}

function matcher({ condition, value }: TransformParameters): (field: unknown) => boolean {
  if (condition === undefined) fail('condition', `filter needs a condition, one of ${MATCHES.join(', ')}`)
  if (condition === 'is_null') return field => field === null
  if (condition === 'not_null') return field => field !== null
  if (value === undefined) fail('value', `The condition ${condition} needs a value`)
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  switch (condition) {
    case '==':
      return field => same(field, value)
    case '!=':
      return field => field !== null && !same(field, value)
    case 'in': {
      const values = Array.isArray(value) ? value : fail('value', 'The condition in needs an array')
      const known = new Set(values.map(item => JSON.stringify(item)))
      return field => known.has(JSON.stringify(field))
    }
    case 'contains':
      return field => String(field).includes(String(value))
    case 'starts_with':
      return field => String(field).startsWith(String(value))
    case 'ends_with':
      return field => String(field).endsWith(String(value))
    default:
      return comparison(condition, value)
  }
}

/** Values of different types do not compare, and nulls with nothing. */
function comparison(condition: '<' | '<=' | '>' | '>=', value: unknown): (field: unknown) => boolean {
  if (typeof value !== 'number' && typeof value !== 'string')
    fail('value', `The condition ${condition} needs a number or a text`)
  return field => {
    if (typeof field !== typeof value) return false
    const sign = order(field, value, 1)
    return condition[0] === '<'
      ? sign < 0 || (condition === '<=' && sign === 0)
      : sign > 0 || (condition === '>=' && sign === 0)
  }
}

/** Nulls come last either way; numbers before texts. */
function order(a: unknown, b: unknown, sign: number): number {
  const [hasA, hasB] = [a !== null && a !== undefined, b !== null && b !== undefined]
  if (!hasA || !hasB) return Number(hasB) - Number(hasA)
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
  if (typeof a === 'number' || typeof b === 'number') return sign * (typeof a === 'number' ? -1 : 1)
  const [left, right] = [String(a), String(b)]
  return sign * (left < right ? -1 : Number(left > right))
}

function distinct(records: readonly Rec[], columns: readonly string[] | undefined): Rec[] {
  const seen = new Set<string>()
  return records.filter(record => {
    const names = columns ?? Object.keys(record).sort()
    const key = JSON.stringify(names.map(name => [name, record[name] ?? null]))
    return seen.size < seen.add(key).size
  })
}

/** Members of members as one level, their names joined by dots; arrays stay. */
function flat(value: Rec, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, member]) =>
    isRecord(member) && Object.keys(member).length > 0
      ? flat(member, `${prefix}${name}.`)
      : [[`${prefix}${name}`, member]]
  )
}

/** `normalize` to the range from 0 to 1, `standardize` to mean 0 and deviation 1. What is no number stays; equal numbers become 0. */
function scale(records: readonly Rec[], column: string, how: 'normalize' | 'standardize'): Rec[] {
  const numbers = numbersOf(records, column)
  const { low, span } = how === 'normalize' ? rangeOf(numbers) : deviationOf(numbers)
  return records.map(record => {
    const value = record[column]
    return typeof value === 'number' ? { ...record, [column]: span === 0 ? 0 : (value - low) / span } : record
  })
}

const numbersOf = (records: readonly Rec[], column: string): number[] =>
  records.map(record => record[column]).filter(value => typeof value === 'number')

function rangeOf(numbers: readonly number[]) {
  const low = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return { low, span: high - low }
}

function deviationOf(numbers: readonly number[]) {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { low: mean, span: Math.sqrt(squares / numbers.length) }
}

function aggregate(
  records: readonly Rec[],
  by: readonly string[],
  { summary = 'count', column }: TransformParameters,
  checked: (name: string) => string
): Rec[] {
  const of = summary === 'count' ? undefined : checked(column ?? fail('column', `${summary} needs a column`))
  const groups = new Map<string, Rec[]>()
  for (const record of records) {
    const key = JSON.stringify(by.map(name => record[name] ?? null))
    const group = groups.get(key)
    if (group) group.push(record)
    else groups.set(key, [record])
  }
  return [...groups].map(([key, group]) => {
    const values: unknown[] = JSON.parse(key)
    const named = by.map((name, at): [string, unknown] => [name, values[at]])
    return Object.fromEntries([
      ...named,
      of === undefined ? ['count', group.length] : [`${summary}_${of}`, summarize(numbersOf(group, of), summary)]
    ])
  })
}

function summarize(numbers: readonly number[], summary: Summary): number | null {
  if (numbers.length === 0) return null
  const sum = numbers.reduce((total, value) => total + value, 0)
  if (summary === 'sum') return sum
  if (summary === 'mean') return sum / numbers.length
  const { low, span } = rangeOf(numbers)
  return summary === 'min' ? low : low + span
}
