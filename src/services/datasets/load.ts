/** Loading: from a source to the first or next version of a dataset. */

import { rm } from 'node:fs/promises'
import { isHubSource } from '../../domain/hub/hub-source.ts'
import { literal } from '../../domain/tabular/sql-text.ts'
import type { Input, LoadOptions, Source } from './api.ts'
import { type Context, withEngine } from './context.ts'
import type { Engine } from './engine.ts'
import { openHub } from './hub-parts.ts'
import { type IngestOptions, ingest } from './ingest.ts'
import { parquet } from './parquet-writer.ts'
import { freeId, inputOf, register } from './register.ts'
import { baseName, type OpenedFile, openSource } from './sources.ts'
import type { Scratch } from './store.ts'

export async function load(context: Context, source: Source, options: LoadOptions) {
  const { datasetId, signal, ...reading } = options
  return withEngine(context, async (engine, scratch) => {
    const read = await readSource(context, engine, scratch, source, options)
    const path = read.isStored ? scratch.file('copy.parquet') : read.path
    if (read.isStored) await engine.writeParquet(`SELECT * FROM ${parquet(read.path)}`, path, { signal })
    return register(context, engine, datasetId ?? (await freeId(context, read.name)), path, {
      inputs: read.inputs,
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
  const path = scratch.file('data.parquet')
  if (typeof source === 'string' && isHubSource(source)) {
    const { name, files } = await openHub(source, context, scratch, options)
    return {
      name: baseName(name),
      path,
      inputs: await ingestParts(engine, files, scratch, path, options),
      isStored: false
    }
  }
  await using opened = await openSource(source, context, scratch, options)
  if (opened.kind === 'version') {
    return { name: opened.name, path: opened.stored.path, inputs: [inputOf(opened.stored)], isStored: true }
  }
  await ingest(engine, opened, scratch, path, options)
  return { name: opened.name, path, inputs: [opened.input], isStored: false }
}

/** Files of the same columns as one, row after row in their order. */
async function ingestParts(
  engine: Engine,
  files: AsyncIterable<OpenedFile>,
  scratch: Scratch,
  path: string,
  options: IngestOptions
): Promise<Input[]> {
  const inputs: Input[] = []
  const parts: string[] = []
  for await (const file of files) {
    const part = scratch.file(`part-${parts.length}.parquet`)
    await ingest(engine, file, scratch, part, options)
    // The scratch directory need not hold all of it twice.
    await rm(file.path)
    parts.push(part)
    inputs.push(file.input)
  }
  const list = parts.map(literal).join(', ')
  const { signal } = options
  await engine.writeParquet(`SELECT * FROM read_parquet([${list}])`, path, { signal, failure: 'BAD_DATA' })
  return inputs
}

function definedOnly(options: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
