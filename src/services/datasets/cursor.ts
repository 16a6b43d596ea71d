/** Cursors: opaque to the caller, bound to what they page through. */
import { hash } from 'node:crypto'
import { AppError } from '../../core/errors.ts'

export interface Cursor {
  /** Of what is paged: a digest of the query and the versions that it reads. */
  key: string
  version: number
  offset: number
  total: number
  /** The id of the kept result that holds the pages, if one does. */
  kept?: string | undefined
}

export function encodeCursor({ key, version, offset, total, kept }: Cursor): string {
  return Buffer.from(JSON.stringify([key, version, offset, total, kept])).toString('base64url')
}

export function decodeCursor(text: string): Cursor {
  const [key, version, offset, total, kept] = parse(text)
  if (typeof key === 'string' && isCount(version) && isCount(offset) && isCount(total))
    return { key, version, offset, total, kept: typeof kept === 'string' ? kept : undefined }
  throw foreignCursor()
}

export function cursorKey(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 24)
}

export function foreignCursor(): AppError {
  const message =
    'The cursor belongs to another query, to data that has changed or to a result that is not kept any more; begin again without it'
  return new AppError('INVALID_INPUT', message, { issues: [{ path: '/cursor', message }] })
}

function parse(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
