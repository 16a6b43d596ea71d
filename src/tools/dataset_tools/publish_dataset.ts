import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { formatField, versionField } from './fields.ts'

export const publishDataset = defineTool({
  name: 'publish_dataset',
  title: 'Publish a dataset under a CID',
  askedFor: [
    'share a table by a content address',
    'make a citable snapshot',
    'put the data on IPFS for others',
    'release a version that nobody can alter'
  ],
  description:
    'Stores a version with its description and lineage as one pinned directory and answers its CID; the same version and format give the same CID. Read it with get_from_ipfs, export it with ipfs_export_car. Not for a file in your directory: use save_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'dataset/publish', resource: ({ dataset_id }) => `dataset:${dataset_id}` },
  needs: ['datasets'],
  input: z.strictObject({
    dataset_id: datasetIdField(),
    version: versionField(),
    format: formatField().default('parquet')
  }),
  output: z.object({
    dataset_id: z.string(),
    version: z.int(),
    version_cid: z.string(),
    cid: z.string().describe('Of the directory: the data, dataset.json and lineage.json'),
    data_cid: z.string().describe('Of the data file in it'),
    data_name: z.string(),
    format: formatField(),
    num_records: z.int(),
    size_bytes: z.int()
  }),
  errors: ['NOT_FOUND', 'STORAGE_FULL'],
  limits: { timeoutMs: 600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'As Parquet',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people' },
      output: { dataset_id: 'people', version: 1, format: 'parquet', data_name: 'data.parquet', num_records: 3 }
    },
    {
      title: 'As CSV',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', format: 'csv' },
      output: { data_name: 'data.csv', data_cid: 'bafkreigyi2hogut6pnwrfr6sdvky7p2g4sbhdrcujwb7njua4scyuv27lu' }
    }
  ],
  async run({ dataset_id, version, format }, { services, signal }) {
    const published = await services.datasets.publish(dataset_id, { version, format, signal })
    return {
      dataset_id,
      version: published.version,
      version_cid: published.versionCid.toString(),
      cid: published.cid.toString(),
      data_cid: published.dataCid.toString(),
      data_name: published.dataName,
      format: published.format,
      num_records: published.numRecords,
      size_bytes: published.sizeBytes
    }
  }
})
