/** Writing a dataset to a file of the user. */
import { createReadStream } from 'node:fs'
import { AppError } from '../../core/errors.ts'
import { FORMATS, type SavedFile, type SaveOptions, type Source } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { formatOfName } from './format.ts'
import { readSource } from './load.ts'
import { parquet } from './parquet-writer.ts'
import { measure } from './register.ts'
import { writeFormat } from './writers.ts'

const COPY_BUFFER_BYTES = 1024 * 1024

export async function save(
  context: Context,
  source: Source,
  destination: string | undefined,
  options: SaveOptions
): Promise<SavedFile> {
  const { signal, version, overwrite = false } = options
  const format = options.format ?? (destination === undefined ? 'parquet' : formatOfName(destination))
  if (!format) {
    throw new AppError(
      'UNSUPPORTED',
      `The extension of "${destination}" stands for no format; name one of ${FORMATS.join(', ')}`
    )
  }
  const path = destination ?? `${typeof source === 'string' ? source : 'records'}.${format}`
  const target = { overwrite, ...(signal && { signal }) }
  return withEngine(context, async (engine, scratch) => {
    // Opened first, so that a bad destination is known before the work.
    await using output = await context.files.create(path, target)
    const data =
      typeof source === 'string'
        ? (await context.store.find(source, version)).path
        : (await readSource(context, engine, scratch, source, { signal })).path
    const { schema, numRecords } = await measure(engine, parquet(data), signal)
    const written = scratch.file(`output.${format}`)
    await writeFormat(engine, parquet(data), schema, written, format, { signal })
    await output.writeAll(createReadStream(written, { highWaterMark: COPY_BUFFER_BYTES, signal }))
    signal?.throwIfAborted()
    const { sizeBytes } = await output.commit()
    return { path: output.path, format, sizeBytes, numRecords, schema }
  })
}
