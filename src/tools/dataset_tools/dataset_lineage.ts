import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { versionField } from './fields.ts'

export const datasetLineage = defineTool({
  name: 'dataset_lineage',
  title: 'Trace where a dataset came from',
  askedFor: [
    'where does this data come from',
    'how was the table made',
    'what was it derived from',
    'provenance and earlier versions',
    'audit trail of the steps'
  ],
  description:
    'Follows a version back through its inputs and earlier versions: each with its operation, parameters, engine and CID, nearest first. Not for what differs between two versions: use diff_datasets.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ dataset_id }) => `dataset:${dataset_id}` },
  needs: ['datasets'],
  input: z.strictObject({ dataset_id: datasetIdField(), version: versionField() }),
  output: z.object({
    dataset_id: z.string(),
    lineage: z.array(
      z.object({
        dataset_id: z.string(),
        version: z.int(),
        cid: z.string(),
        created_at: z.string(),
        operation: z.string(),
        parameters: z.unknown(),
        engine: z.object({ name: z.string(), version: z.string() }),
        inputs: z.array(
          z.object({
            source: z.string().optional(),
            sha256: z.string().optional(),
            dataset_id: z.string().optional(),
            version: z.int().optional(),
            cid: z.string().optional()
          })
        ),
        previous: z.string().optional(),
        num_records: z.int()
      })
    ),
    returned: z.int(),
    truncated: z.boolean()
  }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Loaded from a file',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people' },
      output: { dataset_id: 'people', returned: 1, truncated: false }
    },
    {
      title: 'Made from another dataset',
      before: [
        { tool: 'load_dataset', args: { source: 'people.csv' } },
        {
          tool: 'process_dataset',
          args: { dataset_source: 'people', operations: [{ type: 'limit', count: 1 }], output_id: 'first' }
        }
      ],
      input: { dataset_id: 'first', version: 1 },
      output: { returned: 2 }
    }
  ],
  async run({ dataset_id, version }, { services, signal }) {
    const { nodes, truncated } = await services.datasets.lineage(dataset_id, { version, signal })
    const lineage = nodes.map(node => ({
      dataset_id: node.datasetId,
      version: node.version,
      cid: node.cid,
      created_at: node.createdAt,
      operation: node.operation,
      parameters: node.parameters,
      engine: node.engine,
      inputs: node.inputs,
      ...(node.previous !== undefined && { previous: node.previous }),
      num_records: node.numRecords
    }))
    return { dataset_id, lineage, returned: lineage.length, truncated }
  }
})
