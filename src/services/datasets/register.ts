/** Makes a finished Parquet file the next version of a dataset. */
import { stat } from 'node:fs/promises'
import { type Column, identifier } from '../../domain/tabular/sql-text.ts'
import type { Input } from './api.ts'
import { fileCid } from './content-id.ts'
import type { Context } from './context.ts'
import type { Engine } from './engine.ts'
import { parquet } from './parquet-writer.ts'
import type { StoredVersion } from './version-record.ts'

export interface Making {
  inputs: Input[]
  operation: string
  parameters: unknown
  signal?: AbortSignal | undefined
}

export async function register(
  context: Context,
  engine: Engine,
  id: string,
  path: string,
  making: Making
): Promise<StoredVersion> {
  const { signal } = making
  const { schema, numRecords } = await measure(engine, parquet(path), signal)
  const { size } = await stat(path)
  const cid = await fileCid(path, signal)
  signal?.throwIfAborted()
  return context.store.append(id, path, cid, {
    created_at: new Date(context.clock.now()).toISOString(),
    inputs: making.inputs,
    operation: making.operation,
    parameters: making.parameters,
    engine: { name: 'duckdb', version: engine.version },
    data: { cid: { '/': cid.toString() }, format: 'parquet', size_bytes: size },
    schema,
    num_records: numRecords
  })
}

/** Columns, which of them hold nulls, and the number of rows. */
export async function measure(engine: Engine, table: string, signal?: AbortSignal) {
  const columns = await engine.describe(`SELECT * FROM ${table}`, { signal })
  const counts = columns.map(({ name }, at) => `count(${identifier(name)}) AS c${at}`)
  const [row = {}] = await engine.all(`SELECT count(*) AS n, ${counts.join(', ')} FROM ${table}`, { signal })
  const numRecords = Number(row.n)
  const schema: Column[] = columns.map((column, at) => ({ ...column, nullable: row[`c${at}`] !== numRecords }))
  return { schema, numRecords }
}

/** The wanted id, or with a short random ending when it is taken. */
export async function freeId({ store, random }: Context, wanted: string): Promise<string> {
  const taken = new Set((await store.ids()).map(id => id.toLowerCase()))
  let id = wanted
  while (taken.has(id.toLowerCase())) id = `${wanted}_${Buffer.from(random.bytes(3)).toString('hex')}`
  return id
}

export function inputOf(version: StoredVersion): Input {
  return { dataset_id: version.datasetId, version: version.version, cid: version.cid.toString() }
}
