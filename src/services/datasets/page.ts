/** Rows of a SELECT, page by page: the limit is the engine's, the byte budget is kept while the rows come. */
import { AppError } from '../../core/errors.ts'
import type { Column, Row } from './api.ts'
import { countOf } from './context.ts'
import type { Engine, RunOptions } from './engine.ts'

export interface PageRequest extends RunOptions {
  limit: number
  offset: number
  maxBytes: number
  /** When an earlier page has counted already. */
  total?: number | undefined
  /** A SELECT with as many rows that is cheaper to count. */
  counted?: string | undefined
}

export interface RawPage {
  schema: Column[]
  rows: Row[]
  total: number
  /** Offset of the next page. */
  next: number | undefined
}

/** @throws TOO_LARGE when the first row alone is over the budget. */
export async function readPage(engine: Engine, select: string, request: PageRequest): Promise<RawPage> {
  const { limit, offset, maxBytes } = request
  const inner = `(${select}\n)`
  const stream = await engine.stream(`SELECT * FROM ${inner} LIMIT ${limit + 1} OFFSET ${offset}`, request)
  const { rows, isCut } = await take(stream.batches, limit, maxBytes)
  if (!isCut)
    return { schema: stream.schema, rows, total: Math.max(offset + rows.length, request.total ?? 0), next: undefined }
  const counted = request.counted === undefined ? inner : `(${request.counted}\n)`
  const total = request.total ?? countOf((await engine.all(`SELECT count(*) AS n FROM ${counted}`, request))[0])
  return { schema: stream.schema, rows, total, next: offset + rows.length }
}

async function take(batches: AsyncIterable<Row[]>, limit: number, maxBytes: number) {
  const rows: Row[] = []
  let bytes = 0
  for await (const batch of batches) {
    for (const row of batch) {
      if (rows.length === limit) return { rows, isCut: true }
      bytes += Buffer.byteLength(JSON.stringify(row)) + 1
      if (bytes > maxBytes) {
        if (rows.length === 0) refuseRow(row, bytes, maxBytes)
        return { rows, isCut: true }
      }
      rows.push(row)
    }
  }
  return { rows, isCut: false }
}

/** As many rows of a sample as the budget holds, for results that have no next page. */
export function withinBudget(rows: readonly Row[], maxBytes: number): Row[] {
  const kept: Row[] = []
  let bytes = 0
  for (const row of rows) {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1
    if (bytes > maxBytes) break
    kept.push(row)
  }
  return kept
}

function refuseRow(row: Row, bytes: number, maxBytes: number): never {
  const sizes = Object.entries(row).map(([name, value]) => ({
    name,
    bytes: Buffer.byteLength(JSON.stringify(value) ?? '')
  }))
  const largest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 3)
  const names = largest.map(column => `"${column.name.slice(0, 80)}" (${column.bytes} bytes)`).join(', ')
  throw new AppError(
    'TOO_LARGE',
    `One row has ${bytes} bytes, over the budget of ${maxBytes}; select other columns, or a part of the largest: ${names}`
  )
}
