/**
 * Canonical JSON: RFC 8785 (JCS) under the id `mcpp-jcs-v1`, failing closed. The same value always gives the same
 * bytes, so a value can have a CID. What JSON cannot say exactly is refused, never coerced.
 */
import { AppError } from './errors.ts'

/** Deeper values could exhaust the stack of whoever reads them. */
const MAX_DEPTH = 1000

/** The canonical text of a JSON value. Members whose value is `undefined` count as absent. */
export function canonicalize(value: unknown): string {
  return write(value, '', new Set())
}

function write(value: unknown, path: string, open: Set<object>): string {
  if (value === null || value === true || value === false) return String(value)
  if (typeof value === 'string') return writeString(value, path)
  if (typeof value === 'number') return writeNumber(value, path)
  if (typeof value !== 'object') return refuse(path, `${typeof value} has no JSON form`)
  if (open.has(value)) return refuse(path, 'the value contains itself')
  if (open.size >= MAX_DEPTH) return refuse('', `it is nested deeper than ${MAX_DEPTH} levels`)

  open.add(value)
  const text = Array.isArray(value) ? writeArray(value, path, open) : writeObject(value, path, open)
  open.delete(value)
  return text
}

function writeArray(array: unknown[], path: string, open: Set<object>): string {
  const parts: string[] = []
  for (let index = 0; index < array.length; index++) {
    if (!(index in array)) refuse(`${path}/${index}`, 'an array with holes has no JSON form')
    parts.push(write(array[index], `${path}/${index}`, open))
  }
  return `[${parts.join(',')}]`
}

function writeObject(object: object, path: string, open: Set<object>): string {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) refuse(path, 'only plain objects have a JSON form')
  const parts: string[] = []
  // Default string order compares UTF-16 code units, which is the order RFC 8785 asks for.
  for (const name of Object.keys(object).sort()) {
    const member: unknown = Reflect.get(object, name)
    if (member === undefined) continue
    parts.push(`${writeString(name, path)}:${write(member, `${path}/${name}`, open)}`)
  }
  return `{${parts.join(',')}}`
}

function writeString(text: string, path: string): string {
  if (!text.isWellFormed()) refuse(path, 'a lone surrogate is not valid Unicode')
  return JSON.stringify(text)
}

function writeNumber(number: number, path: string): string {
  if (!Number.isFinite(number)) refuse(path, `${number} has no JSON form`)
  return JSON.stringify(Object.is(number, -0) ? 0 : number)
}

function refuse(path: string, reason: string): never {
  throw new AppError('INVALID_INPUT', `No canonical JSON: ${reason}`, {
    issues: [{ path: path || '/', message: reason }]
  })
}
