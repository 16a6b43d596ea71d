/** A version as a directory that says by itself what it holds: the data, its description and its lineage. */
import { createReadStream } from 'node:fs'
import type { DirectoryEntry } from '../blocks/api.ts'
import type { Lineage, Published, PublishOptions } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { trace } from './lineage.ts'
import { parquet } from './parquet-writer.ts'
import type { StoredVersion } from './version-record.ts'
import { writeFormat } from './writers.ts'

export async function publish(context: Context, datasetId: string, options: PublishOptions): Promise<Published> {
  const { signal, format = 'parquet' } = options
  const target = await context.store.find(datasetId, options.version)
  const dataName = `data.${format}`
  const history = await trace(context, target, signal)
  return withEngine(context, async (engine, scratch) => {
    const path = format === 'parquet' ? target.path : scratch.file(dataName)
    if (format !== 'parquet') await writeFormat(engine, parquet(target.path), target.schema, path, format, { signal })
    const entries: DirectoryEntry[] = [
      { path: dataName, content: createReadStream(path, { signal }) },
      { path: 'dataset.json', content: jsonBytes(describe(target, dataName, format)) },
      { path: 'lineage.json', content: jsonBytes(lineageOf(history)) }
    ]
    await using _held = context.blocks.hold()
    const added = await context.blocks.addDirectory(entries, { pin: 'recursive', ...(signal && { signal }) })
    let dataCid = target.dataCid
    for await (const entry of context.blocks.ls(added.cid)) if (entry.name === dataName) dataCid = entry.cid
    return {
      datasetId,
      version: target.version,
      versionCid: target.cid,
      cid: added.cid,
      dataCid,
      dataName,
      format,
      numRecords: target.numRecords,
      sizeBytes: added.sizeBytes
    }
  })
}

function describe(target: StoredVersion, dataName: string, format: string) {
  return {
    dataset_id: target.datasetId,
    version: target.version,
    version_cid: target.cid.toString(),
    created_at: target.createdAt,
    data: { path: dataName, format },
    num_records: target.numRecords,
    schema: target.schema
  }
}

function lineageOf({ nodes, truncated }: Lineage) {
  return {
    versions: nodes.map(({ datasetId, createdAt, numRecords, previous, ...node }) => ({
      dataset_id: datasetId,
      created_at: createdAt,
      num_records: numRecords,
      ...(previous !== undefined && { previous }),
      ...node
    })),
    truncated
  }
}

function jsonBytes(value: unknown): Uint8Array[] {
  return [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)]
}
