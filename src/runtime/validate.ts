/** Turns what a schema refuses into issues that a caller can mend, each with its path; enough of them to mend a call by. */
import type { z } from 'zod'
import type { JsonSchema } from '../core/catalog.ts'
import { AppError, type Issue } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'

/** A stranger's input must not decide how long the refusal is. */
const MAX_ISSUES = 50
const MAX_TEXT = 500

/** Parses with a tool's schema. INVALID_INPUT lists the issues at once. */
export function parseInput(schema: z.ZodType, published: JsonSchema, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const found = result.error.issues
  const total = found.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0)
  throw invalidInput(
    found.slice(0, MAX_ISSUES).flatMap(issue => describe(issue, published, value)),
    total
  )
}

/** INVALID_INPUT with the first of the issues, of which there are `total`. */
export function invalidInput(issues: readonly Issue[], total = issues.length): AppError {
  const shown = issues
    .slice(0, MAX_ISSUES)
    .map(issue => ({ ...issue, path: cut(issue.path), message: cut(issue.message) }))
  const [first] = shown
  const more = total > 1 ? ` (and ${total - 1} more)` : ''
  return new AppError('INVALID_INPUT', `${first ? `${first.path}: ${first.message}` : 'Invalid input'}${more}`, {
    issues: shown
  })
}

const cut = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)

function describe(issue: z.core.$ZodIssue, published: JsonSchema, value: unknown): Issue[] {
  const path = pointer(issue.path)
  if (issue.path.length > 0 && valueAt(value, issue.path) === undefined)
    return [{ path, message: 'Missing, and required' }]
  if (issue.code === 'invalid_union') return [{ path, message: alternatives(issue) }]
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }]
  const known = knownNames(published, issue.path)
  return issue.keys.slice(0, MAX_ISSUES).map(key => {
    const near = nearest(key, known)
    return {
      path: pointer([...issue.path, key]),
      message: `Unknown parameter "${key}"${near ? `; did you mean "${near}"?` : ''}`,
      ...(near ? { suggestion: near } : known.length > 0 && { suggestion: `one of ${known.join(', ')}` })
    }
  })
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (here, part) => (typeof here === 'object' && here !== null ? Reflect.get(here, part) : undefined),
    value
  )
}

/** What each form that the value could have taken asks for. */
function alternatives(issue: z.core.$ZodIssueInvalidUnion): string {
  const forms = issue.errors.map(errors =>
    errors
      .slice(0, MAX_ISSUES)
      .map(({ path, message }) => [...path, message.replace('Invalid input: ', '')].join(' '))
      .join(', ')
  )
  return forms.length > 0 ? `No form fits: ${[...new Set(forms)].join('; or ')}` : issue.message
}

/** A JSON pointer (RFC 6901) into the arguments. */
function pointer(path: readonly PropertyKey[]): string {
  return `/${path.map(part => String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
}

/** The property names that the published schema has at this path. */
function knownNames(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema
  for (const part of path)
    here = typeof part === 'number' ? member(here, 'items') : member(member(here, 'properties'), part)
  return Object.keys(member(here, 'properties') ?? {})
}

function member(value: unknown, name: PropertyKey): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, name)
  return typeof found === 'object' && found !== null ? found : undefined
}
