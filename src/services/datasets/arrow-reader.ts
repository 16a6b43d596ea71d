/** Arrow IPC, file or stream, into a table of the engine, batch by batch. */
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import type { RecordBatch, Vector } from 'apache-arrow'
import { AppError } from '../../core/errors.ts'
import { uniqueNames } from '../../domain/tabular/csv-scan.ts'
import { identifier } from '../../domain/tabular/sql-text.ts'
import { mapType, orNull } from './arrow-types.ts'
import { createWeigher } from './arrow-values.ts'
import type { Engine } from './engine.ts'

/** The engine takes rows in vectors of at most this many. */
const VECTOR_ROWS = 2048
/** Of values that stand in memory at once on their way into the engine. */
const CHUNK_BYTES = 64 * 1024 * 1024
const TABLE = '"__arrow"'
const END_OF_FILE = 'ARROW1'

/** The name of a table with the rows of the file. BAD_DATA if it is damaged or cut. */
export async function readArrow(engine: Engine, path: string, signal: AbortSignal | undefined): Promise<string> {
  const arrow = await import('apache-arrow')
  const duckdb = await import('@duckdb/node-api')
  const { checkArrowBounds } = await import('./arrow-bounds.ts')
  await using file = await open(path, 'r')
  await refuseCut(file)
  try {
    await checkArrowBounds(file, signal)
    const reader = await arrow.RecordBatchReader.from(file)
    await reader.open()
    const names = uniqueNames(reader.schema.fields.map(field => field.name))
    const mappings = reader.schema.fields.map(field => mapType(field.type, arrow, duckdb))
    if (names.length === 0) throw new AppError('BAD_DATA', 'The Arrow data has no columns')
    const columns = mappings.map(({ type }, at) => `${identifier(names[at] ?? '')} ${type}`)
    await engine.run(`CREATE TEMP TABLE ${TABLE} (${columns.join(', ')})`)
    const appender = await engine.connection.createAppender('__arrow', 'main', 'temp')
    const weighRows = createWeigher(arrow)
    const types = mappings.map(({ type }) => type)
    for await (const batch of reader) {
      const rowBytes = weighRows(batch.data.children)
      const chunkRows = Math.max(1, Math.min(VECTOR_ROWS, Math.floor(CHUNK_BYTES / rowBytes)))
      for (let start = 0; start < batch.numRows; start += chunkRows) {
        // Others get their turn, and an abort is seen, in the middle of a large batch too.
        await setImmediate()
        signal?.throwIfAborted()
        const rows = Math.min(chunkRows, batch.numRows - start)
        const chunk = duckdb.DuckDBDataChunk.create(types, rows)
        mappings.forEach((mapping, at) => {
          const read = valueReader(batch, at)
          const toValue = orNull(mapping)
          chunk.setColumnValues(
            at,
            Array.from({ length: rows }, (_, row) => toValue(read(start + row)))
          )
        })
        appender.appendDataChunk(chunk)
      }
    }
    appender.closeSync()
    return TABLE
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof AppError) throw error
    throw new AppError('BAD_DATA', 'The Arrow data is damaged or cut short', { cause: error })
  }
}

/** Timestamps are read as the integers that they are; Arrow would give them as rounded milliseconds. */
function valueReader(batch: RecordBatch, at: number): (row: number) => unknown {
  const vector: Vector | null = batch.getChildAt(at)
  const values: unknown = vector?.data[0]?.values
  if (vector && values instanceof BigInt64Array && String(vector.type).startsWith('Timestamp')) {
    return row => (vector.isValid(row) ? values[row] : null)
  }
  return row => vector?.get(row)
}

/** A file ends as it begins; the reader does not look, and would take a cut file for a stream without rows. */
async function refuseCut(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  const mark = Buffer.alloc(END_OF_FILE.length)
  await file.read(mark, 0, mark.length, 0)
  if (mark.toString('latin1') !== END_OF_FILE) return
  await file.read(mark, 0, mark.length, Math.max(0, size - mark.length))
  if (mark.toString('latin1') !== END_OF_FILE || size <= 2 * mark.length) {
    throw new AppError('BAD_DATA', 'The Arrow file is cut short: its end is missing')
  }
}
