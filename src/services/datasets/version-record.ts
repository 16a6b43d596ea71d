/** The record of a version as the block holds it: field names are part of its CID and never change. */
import { type CID, parseCid } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { Column, DatasetVersion, Input } from './api.ts'

/** A link in the data model of the blocks service. */
export interface Link {
  '/': string
}

export interface VersionRecord {
  kind: 'dataset-version'
  dataset_id: string
  version: number
  created_at: string
  previous: Link | null
  inputs: Input[]
  operation: string
  parameters: unknown
  engine: { name: string; version: string }
  data: { cid: Link; format: 'parquet'; size_bytes: number }
  schema: Column[]
  num_records: number
}

export interface StoredVersion extends DatasetVersion {
  record: VersionRecord
  /** Of its Parquet file. */
  path: string
}

/** @throws BAD_DATA when the block is not the record of a version. */
export function asVersionRecord(value: unknown, cid: CID): VersionRecord {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'dataset-version') {
    // The block is verified against its CID and names its kind: we wrote it.
    return value as VersionRecord
  }
  throw new AppError('BAD_DATA', `${cid} is not the record of a dataset version`)
}

export function toStored(cid: CID, record: VersionRecord, pathOf: (dataCid: string) => string): StoredVersion {
  return {
    datasetId: record.dataset_id,
    version: record.version,
    cid,
    dataCid: parseCid(record.data.cid['/']),
    numRecords: record.num_records,
    sizeBytes: record.data.size_bytes,
    schema: record.schema,
    createdAt: record.created_at,
    record,
    path: pathOf(record.data.cid['/'])
  }
}
