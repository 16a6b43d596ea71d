/** Splitting: all parts are written before the first is registered. */
import { partSizes, partSql } from '../../domain/tabular/split.ts'
import type { DatasetsOptions } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { parquet } from './parquet-writer.ts'
import { inputOf, register } from './register.ts'

export async function split(
  context: Context,
  datasetId: string,
  ratios: Record<string, number>,
  seed: number,
  options: DatasetsOptions
) {
  const { signal } = options
  const source = await context.store.find(datasetId)
  const parts = partSizes(ratios, source.numRecords)
  return withEngine(context, async (engine, scratch) => {
    for (const [at, { start, end }] of parts.entries()) {
      await engine.writeParquet(
        partSql(parquet(source.path), source.schema, seed, start, end),
        scratch.file(`${at}.parquet`),
        { signal }
      )
    }
    const made = []
    for (const [at, { name }] of parts.entries()) {
      made.push(
        await register(context, engine, `${datasetId}_${name}`, scratch.file(`${at}.parquet`), {
          inputs: [inputOf(source)],
          operation: 'split',
          parameters: { ratios, seed, part: name },
          signal
        })
      )
    }
    return made
  })
}
