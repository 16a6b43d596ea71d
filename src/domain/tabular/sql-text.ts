/** Names and values as SQL text. Every name and value that a caller gives passes through here. */
import { AppError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'

export interface Column {
  name: string
  /** The engine's name of the type: BIGINT, VARCHAR, STRUCT(a INTEGER)[] … */
  type: string
  nullable: boolean
}

export type Scalar = string | number | boolean | null

/** A name as a quoted identifier. */
export function identifier(name: string): string {
  refuseNul(name)
  // The engine drops it from names, and would then not find the column again.
  if (name.includes('\ufeff')) throw new AppError('INVALID_INPUT', 'Names may not hold the character U+FEFF')
  return `"${name.replaceAll('"', '""')}"`
}

/** A scalar as a literal. */
export function literal(value: Scalar): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  if (typeof value === 'number') return numberLiteral(value)
  refuseNul(value)
  return `'${value.replaceAll("'", "''")}'`
}

/** The column of this name, in the schema's own spelling, as an identifier. INVALID_INPUT names the nearest one. */
export function columnIn(schema: readonly Column[], name: string, path: string): string {
  const lower = name.toLowerCase()
  const found =
    schema.find(column => column.name === name) ?? schema.find(column => column.name.toLowerCase() === lower)
  if (found) return identifier(found.name)
  const names = schema.map(column => column.name)
  const close = nearest(name, names)
  const message = `There is no column "${name.slice(0, 80)}"${close === undefined ? '' : `; did you mean "${close}"?`}`
  throw new AppError('INVALID_INPUT', message, {
    issues: [{ path, message, ...(close !== undefined && { suggestion: close }) }],
    details: { columns: names.slice(0, 50) }
  })
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new AppError('INVALID_INPUT', `${value} is not a number that SQL can hold`)
  if (Number.isSafeInteger(value)) return String(value)
  // Without an exponent the engine reads a decimal first, and its way from there to a double may be one bit off.
  const text = String(value)
  return text.includes('e') ? `${text}::DOUBLE` : `${text}e0::DOUBLE`
}

function refuseNul(text: string): void {
  if (text.includes('\0')) throw new AppError('INVALID_INPUT', 'Names and values may not hold the character U+0000')
}
