/** A table cut into parts by ratio, the same parts for the same seed. */
import { AppError } from '../../core/errors.ts'
import { freeName } from './operations.ts'
import { type Column, literal } from './sql-text.ts'

/** The parts hold `rows` rows together; what rounding leaves goes to the last. */
export function partSizes(
  ratios: Record<string, number>,
  rows: number
): { name: string; start: number; end: number }[] {
  const entries = Object.entries(ratios)
  const sum = entries.reduce((total, [, ratio]) => total + ratio, 0)
  if (entries.length < 2 || entries.some(([, ratio]) => !(ratio > 0)) || Math.abs(sum - 1) > 1e-6) {
    const message = `The ratios must be two or more, each above 0, and add up to 1; they add up to ${sum}`
    throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/ratios', message }] })
  }
  let share = 0
  let start = 0
  return entries.map(([name, ratio], at) => {
    share += ratio
    const end = at === entries.length - 1 ? rows : Math.round(share * rows)
    const part = { name, start, end }
    start = end
    return part
  })
}

/** Rows whose place in the seed's shuffle lies in [start, end), in the order of the table. */
export function partSql(table: string, schema: readonly Column[], seed: number, start: number, end: number): string {
  const row = freeName('row', schema)
  const place = freeName('place', schema)
  return `SELECT * EXCLUDE (${row}, ${place}) FROM (
      SELECT *, row_number() OVER (ORDER BY hash(${row}, ${literal(seed)}), ${row}) AS ${place}
      FROM (SELECT *, row_number() OVER () AS ${row} FROM ${table})
    ) WHERE ${place} > ${literal(start)} AND ${place} <= ${literal(end)} ORDER BY ${row}`
}
