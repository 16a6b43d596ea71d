/** Loading: from a source to the first or next version of a dataset. */

import type { LoadOptions, Source } from './api.ts'
import { type Context, withEngine } from './context.ts'
import type { Engine } from './engine.ts'
import { type IngestOptions, ingest } from './ingest.ts'
import { parquet } from './parquet-writer.ts'
import { freeId, inputOf, register } from './register.ts'
import { openSource } from './sources.ts'
import type { Scratch } from './store.ts'

export async function load(context: Context, source: Source, options: LoadOptions) {
  const { datasetId, signal, ...reading } = options
  return withEngine(context, async (engine, scratch) => {
    const read = await readSource(context, engine, scratch, source, options)
    const path = read.isStored ? scratch.file('copy.parquet') : read.path
    if (read.isStored) await engine.writeParquet(`SELECT * FROM ${parquet(read.path)}`, path, { signal })
    return register(context, engine, datasetId ?? (await freeId(context, read.name)), path, {
      inputs: [read.input],
      operation: 'load',
      parameters: definedOnly(reading),
      signal
    })
  })
}

/** A source as a Parquet file: the stored one of a dataset, or a new one in the scratch directory. */
export async function readSource(
  context: Context,
  engine: Engine,
  scratch: Scratch,
  source: Source,
  options: IngestOptions
) {
  await using opened = await openSource(source, context, scratch, options)
  if (opened.kind === 'version') {
    return { name: opened.name, path: opened.stored.path, input: inputOf(opened.stored), isStored: true }
  }
  const path = scratch.file('data.parquet')
  await ingest(engine, opened, scratch, path, options)
  return { name: opened.name, path, input: opened.input, isStored: false }
}

function definedOnly(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
