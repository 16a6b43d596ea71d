/** The condition of a filter as SQL. */
import { AppError } from '../../core/errors.ts'
import { literal, type Scalar } from './sql-text.ts'

export const CONDITIONS = [
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  'contains',
  'starts_with',
  'ends_with',
  'is_null',
  'not_null',
  'between',
  'regex'
] as const
export type Condition = (typeof CONDITIONS)[number]

/** `column` is an identifier already. Rows where the column is null meet only `is_null`. */
export function conditionSql(
  column: string,
  condition: Condition,
  value: Scalar | Scalar[] | undefined,
  path: string
): string {
  const fail = (message: string): never => {
    throw new AppError('INVALID_INPUT', message, { issues: [{ path: `${path}/value`, message }] })
  }
  const one = (): string => {
    if (value === undefined || value === null || Array.isArray(value)) {
      return fail(`The condition ${condition} needs one value that is not null; use is_null or not_null for nulls`)
    }
    return literal(value)
  }
  const text = (): string => {
    if (typeof value !== 'string') return fail(`The condition ${condition} needs a text`)
    return literal(value)
  }
  const many = (): Scalar[] => {
    if (!Array.isArray(value) || value.length === 0 || value.includes(null)) {
      return fail(`The condition ${condition} needs an array of values without null`)
    }
    return value
  }
  const asText = `CAST(${column} AS VARCHAR)`

  switch (condition) {
    case '==':
      return `${column} = ${one()}`
    case '!=':
      return `${column} <> ${one()}`
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${column} ${condition} ${one()}`
    case 'in':
      return `${column} IN (${many().map(literal).join(', ')})`
    case 'not in':
      return `${column} NOT IN (${many().map(literal).join(', ')})`
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return `${condition}(${asText}, ${text()})`
    case 'regex':
      return `regexp_matches(${asText}, ${text()})`
    case 'is_null':
      return `${column} IS NULL`
    case 'not_null':
      return `${column} IS NOT NULL`
    case 'between': {
      const [low, high, ...more] = many()
      if (low === undefined || high === undefined || more.length > 0) {
        return fail('The condition between needs [low, high]')
      }
      return `${column} BETWEEN ${literal(low)} AND ${literal(high)}`
    }
  }
}
