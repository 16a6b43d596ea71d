/** Parts of schemas that several dataset tools share, and the one form in which a version is answered. */
import { z } from 'zod'
import { datasetIdField, sourceField } from '../../core/fields.ts'
import type { Column, DatasetVersion } from '../../services/datasets/api.ts'

const MAX_INLINE_RECORDS = 10_000
/** Of a result; `num_columns` says how many there are. */
export const MAX_SHOWN_COLUMNS = 200

export const formatField = () => z.enum(['csv', 'tsv', 'json', 'jsonl', 'parquet', 'arrow'])
export const versionField = () =>
  z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional().describe('A version of it; the newest by default')
export const seedField = () =>
  z.int().min(0).max(2_147_483_647).default(0).describe('The same seed gives the same rows')
export const columnField = () => z.string().min(1).max(512)
export const recordsField = () =>
  z
    .array(z.record(z.string().max(512), z.unknown()))
    .min(1)
    .max(MAX_INLINE_RECORDS)
    .describe('Records: an array of objects')
export const sourceOrRecordsField = () =>
  z
    .union([sourceField(), recordsField()])
    .describe('A path, https:// URL, ipfs://CID, hf://datasets/owner/name, dataset id, or the records themselves')

export const rowsSchema = z.array(z.record(z.string(), z.unknown()))
export const columnSchema = z.object({ name: z.string(), type: z.string(), nullable: z.boolean() })
export const versionSchema = z.object({
  dataset_id: datasetIdField(),
  version: z.int(),
  num_records: z.int(),
  num_columns: z.int(),
  schema: z.array(columnSchema).describe(`The first ${MAX_SHOWN_COLUMNS} columns`),
  cid: z.string().describe('Of the record of this version: inputs, operation, schema'),
  data_cid: z.string().describe('Of its data as Parquet'),
  size_bytes: z.int()
})

export function shownSchema(schema: readonly Column[]): Column[] {
  return schema.slice(0, MAX_SHOWN_COLUMNS).map(({ name, type, nullable }) => ({ name, type, nullable }))
}

export function toVersionResult(version: DatasetVersion): z.output<typeof versionSchema> {
  return {
    dataset_id: version.datasetId,
    version: version.version,
    num_records: version.numRecords,
    num_columns: version.schema.length,
    schema: shownSchema(version.schema),
    cid: version.cid.toString(),
    data_cid: version.dataCid.toString(),
    size_bytes: version.sizeBytes
  }
}
