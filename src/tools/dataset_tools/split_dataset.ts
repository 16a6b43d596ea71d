import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { seedField, toVersionResult, versionSchema } from './fields.ts'

export const splitDataset = defineTool({
  name: 'split_dataset',
  title: 'Split a dataset at random',
  askedFor: [
    'make a training and a test set',
    'hold out a fraction of the rows',
    'divide at random by percent',
    'cross validation parts'
  ],
  description:
    'Splits a dataset at random into parts such as train and test, each kept as <dataset_id>_<part>. The same seed gives the same parts; every row is in exactly one. Not for one random part alone: use process_dataset with the operation sample.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'dataset/create', resource: ({ dataset_id }) => `dataset:${dataset_id}` },
  needs: ['datasets'],
  input: z.strictObject({
    dataset_id: datasetIdField(),
    ratios: z
      .record(z.string().regex(/^[A-Za-z0-9_]{1,20}$/, 'Use letters, digits and _'), z.number().gt(0).lt(1))
      .refine(ratios => Object.keys(ratios).length <= 20, 'At most 20 parts')
      .default({ train: 0.8, test: 0.2 })
      .describe('Part to share; the shares add up to 1'),
    seed: seedField()
  }),
  output: z.object({ dataset_id: z.string(), parts: z.array(versionSchema), seed: z.int() }),
  errors: ['NOT_FOUND', 'INVALID_INPUT', 'STORAGE_FULL'],
  limits: { timeoutMs: 600_000 },
  examples: [
    {
      title: 'Two thirds and one third',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', ratios: { train: 0.67, test: 0.33 }, seed: 1 },
      output: { dataset_id: 'people', seed: 1 }
    },
    {
      title: 'Four fifths and one fifth',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people' },
      output: { seed: 0 }
    }
  ],
  async run({ dataset_id, ratios, seed }, { services, signal }) {
    const parts = await services.datasets.split(dataset_id, ratios, seed, { signal })
    return { dataset_id, parts: parts.map(toVersionResult), seed }
  }
})
