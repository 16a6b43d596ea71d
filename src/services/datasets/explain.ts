/** How a query would run, and its result as a file. */
import { createReadStream } from 'node:fs'
import { AppError } from '../../core/errors.ts'
import { type ExplainOptions, FORMATS, type Plan, type SavedFile, type SaveOptions } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { formatOfName } from './format.ts'
import { parquet } from './parquet-writer.ts'
import { openQuestion } from './query.ts'
import { measure } from './register.ts'
import { writeFormat } from './writers.ts'

const COPY_BUFFER_BYTES = 1024 * 1024

export async function explain(context: Context, sql: string, options: ExplainOptions): Promise<Plan> {
  const { text, sources, views } = await openQuestion(context, sql, options)
  const run = { signal: options.signal, failure: 'SQL_INVALID' } as const
  return await context.engines.use(views, context.limits.queryThreads, async engine => {
    const { schema } = await engine.stream(`SELECT * FROM (${text}\n) LIMIT 0`, run)
    const rows = await engine.all(`EXPLAIN ${text}`, run)
    return {
      schema,
      reads: sources.map(({ datasetId, version }) => ({ datasetId, version })),
      text: rows.map(row => String(row.explain_value)).join('\n')
    }
  })
}

export async function exportRows(
  context: Context,
  sql: string,
  destination: string,
  options: ExplainOptions & SaveOptions
): Promise<SavedFile> {
  const { signal, overwrite = false } = options
  const format = options.format ?? formatOfName(destination)
  if (!format) {
    throw new AppError(
      'UNSUPPORTED',
      `The extension of "${destination}" stands for no format; name one of ${FORMATS.join(', ')}`
    )
  }
  const { text, views } = await openQuestion(context, sql, options)
  return await withEngine(context, async (engine, scratch) => {
    // Opened first, so that a bad destination is known before the work.
    await using output = await context.files.create(destination, { overwrite, ...(signal && { signal }) })
    for (const { name, path } of views) await engine.view(name, `SELECT * FROM ${parquet(path)}`)
    const [rows, written] = [scratch.file('rows.parquet'), scratch.file(`output.${format}`)]
    await engine.confine([...views.map(({ path }) => path), rows, written])
    // The query runs once: its rows are counted, and written in any format, from here.
    await engine.writeParquet(`SELECT * FROM (${text}\n)`, rows, { signal, failure: 'SQL_INVALID' })
    const { schema, numRecords } = await measure(engine, parquet(rows), signal)
    await writeFormat(engine, parquet(rows), schema, written, format, { signal })
    await output.writeAll(createReadStream(written, { highWaterMark: COPY_BUFFER_BYTES, signal }))
    signal?.throwIfAborted()
    const { sizeBytes } = await output.commit()
    return { path: output.path, format, sizeBytes, numRecords, schema }
  })
}
