/** A dataset as a resource: what it is, and a few of its rows. */
import type { Datasets } from '../../services/datasets/api.ts'

const SAMPLE_ROWS = 10
const SAMPLE_SEED = 0
const MAX_SHOWN_COLUMNS = 200

export async function readDataset(datasets: Datasets, datasetId: string, signal: AbortSignal): Promise<string> {
  const found = await datasets.describe(datasetId, { signal })
  // The same version, whatever is written meanwhile.
  const sample = await datasets.sample(datasetId, SAMPLE_ROWS, SAMPLE_SEED, { version: found.version, signal })
  return JSON.stringify({
    dataset_id: found.datasetId,
    version: found.version,
    versions: found.versions,
    created_at: found.createdAt,
    num_records: found.numRecords,
    num_columns: found.columns.length,
    size_bytes: found.sizeBytes,
    cid: found.cid.toString(),
    data_cid: found.dataCid.toString(),
    schema: found.columns.slice(0, MAX_SHOWN_COLUMNS).map(({ approxDistinct, ...column }) => ({
      ...column,
      approx_distinct: approxDistinct
    })),
    schema_truncated: found.columns.length > MAX_SHOWN_COLUMNS,
    sample: sample.rows,
    sample_truncated: sample.rows.length < Math.min(SAMPLE_ROWS, found.numRecords)
  })
}
