import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import type { Operation } from '../../services/datasets/api.ts'
import { sourceOrRecordsField, toVersionResult, versionSchema } from './fields.ts'
import { operationField } from './operation-fields.ts'

export const processDataset = defineTool({
  name: 'process_dataset',
  title: 'Transform a dataset',
  askedFor: [
    'join two tables',
    'filter rows by a condition',
    'remove duplicates',
    'rename, drop or cast columns',
    'sort, group and aggregate',
    'fill or drop missing values',
    'clean the data step by step',
    'add a computed column'
  ],
  description:
    'Applies operations in order (filter, select, rename, cast, sort, limit, distinct, sample, aggregate, join, sql) and keeps the result as a new version. Not for a look at rows: use query_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'dataset/create', resource: ({ output_id }) => `dataset:${output_id ?? '*'}` },
  needs: ['datasets'],
  input: z.strictObject({
    dataset_source: sourceOrRecordsField(),
    operations: z.array(operationField()).min(1).max(100),
    output_id: datasetIdField()
      .optional()
      .describe('<source>_processed by default; an id that exists gets a new version')
  }),
  output: versionSchema,
  errors: [
    'INVALID_INPUT',
    'SQL_FORBIDDEN',
    'SQL_INVALID',
    'BAD_DATA',
    'NOT_FOUND',
    'UNSUPPORTED',
    'TOO_LARGE',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 600_000 },
  examples: [
    {
      title: 'Filter and sort',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: {
        dataset_source: 'people',
        operations: [
          { type: 'filter', column: 'city', condition: '==', value: 'London' },
          { type: 'sort', column: 'age', ascending: false }
        ],
        output_id: 'londoners'
      },
      output: { dataset_id: 'londoners', version: 1, num_records: 2 }
    },
    {
      title: 'Compute a column with SQL',
      input: {
        dataset_source: [{ x: 2 }, { x: 3 }],
        operations: [{ type: 'sql', sql: 'SELECT x, x * x AS square FROM dataset' }]
      },
      output: { dataset_id: 'records_processed', num_records: 2, num_columns: 2 }
    }
  ],
  async run({ dataset_source, operations, output_id }, { services, signal }) {
    const applicable = operations.filter((operation): operation is Operation => operation.type !== 'map')
    if (applicable.length < operations.length) {
      throw new AppError(
        'UNSUPPORTED',
        'The operation map is not supported: code is not run here; use {"type": "sql", "sql": "SELECT … FROM dataset"}'
      )
    }
    return toVersionResult(await services.datasets.process(dataset_source, applicable, { outputId: output_id, signal }))
  }
})
