import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import type { Blocks } from '../../services/blocks/api.ts'
import type { Datasets } from '../../services/datasets/api.ts'

/** As many as the protocol lets one answer carry. */
const MAX_VALUES = 100
const PAGE_SIZE = 200

const name = () => z.string().max(256)

export const completeArgument = defineTool({
  name: 'complete_argument',
  title: 'Complete an argument',
  description:
    'Completes an argument of a prompt or of the URI of a resource: dataset_id from the datasets, cid from the pins. Others have no completion. Not for a list of the datasets: use list_datasets.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'resource/list', resource: () => '*' },
  needs: ['datasets', 'blocks'],
  input: z.strictObject({
    ref: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('ref/prompt'), name: name(), title: name().optional() }),
      z.strictObject({ type: z.literal('ref/resource'), uri: z.string().max(8192) })
    ]),
    argument: z.strictObject({ name: name(), value: z.string().max(8192) }),
    context: z.strictObject({ arguments: z.record(name(), z.string().max(8192)).optional() }).optional()
  }),
  output: z.object({ values: z.array(z.string()), hasMore: z.boolean() }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'The name of a dataset',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: {
        ref: { type: 'ref/resource', uri: 'dataset://{dataset_id}' },
        argument: { name: 'dataset_id', value: 'pe' }
      },
      output: { values: ['people'], hasMore: false }
    },
    {
      title: 'An argument that can be anything',
      input: { ref: { type: 'ref/prompt', name: 'answer_with_sql' }, argument: { name: 'question', value: 'how' } },
      output: { values: [], hasMore: false }
    }
  ],
  async run({ argument }, { services: { datasets, blocks }, signal }) {
    const known = await knownValues(argument.name, argument.value, datasets, blocks, signal)
    return { values: known.slice(0, MAX_VALUES), hasMore: known.length > MAX_VALUES }
  }
})

/** One more than fits shows that there are more. */
async function knownValues(
  argument: string,
  start: string,
  datasets: Datasets,
  blocks: Blocks,
  signal: AbortSignal
): Promise<string[]> {
  if (argument === 'dataset_id') return await datasetIds(datasets, start, signal)
  if (argument !== 'cid') return []
  const { pins } = await blocks.listPins({ after: start, limit: MAX_VALUES + 1 })
  return pins.map(({ cid }) => cid.toString()).filter(cid => cid.startsWith(start))
}

async function datasetIds(datasets: Datasets, start: string, signal: AbortSignal): Promise<string[]> {
  const found: string[] = []
  let cursor: string | undefined
  do {
    const page = await datasets.list({ limit: PAGE_SIZE, cursor, signal })
    found.push(...page.datasets.map(({ datasetId }) => datasetId).filter(id => id.startsWith(start)))
    cursor = page.nextCursor
  } while (cursor !== undefined && found.length <= MAX_VALUES)
  return found
}
