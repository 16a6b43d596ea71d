import { z } from 'zod'
import { cursorField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

const PAGE_SIZE = 100

export const listResources = defineTool({
  name: 'list_resources',
  title: 'List the resources',
  description:
    'Lists the datasets as resources, by id. Not for files by CID: use read_resource with ipfs://<cid>/<path>.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'dataset/list', resource: () => 'dataset:*' },
  needs: ['datasets'],
  input: z.strictObject({ cursor: cursorField() }),
  output: z.object({
    resources: z.array(
      z.object({ uri: z.string(), name: z.string(), title: z.string(), description: z.string(), mimeType: z.string() })
    ),
    nextCursor: z.string().optional()
  }),
  errors: ['INVALID_INPUT'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Nothing is there yet', input: {}, output: { resources: [] } },
    {
      title: 'One dataset',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: {},
      output: { resources: [{ uri: 'dataset://people', name: 'people', description: '3 rows, 3 columns, version 1' }] }
    }
  ],
  async run({ cursor }, { services, signal }) {
    const { datasets, nextCursor } = await services.datasets.list({ limit: PAGE_SIZE, cursor, signal })
    const resources = datasets.map(({ datasetId, numRecords, schema, version }) => ({
      uri: `dataset://${datasetId}`,
      name: datasetId,
      title: `Dataset ${datasetId}`,
      description: `${numRecords} rows, ${schema.length} columns, version ${version}`,
      mimeType: 'application/json'
    }))
    return { resources, ...(nextCursor !== undefined && { nextCursor }) }
  }
})
