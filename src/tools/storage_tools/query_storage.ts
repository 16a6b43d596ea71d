import { z } from 'zod'
import { cursorField, limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { pageOf } from '../../domain/tabular/record-page.ts'
import { collectionField, example, itemSchema, metadataField, tagsField, toItem } from './fields.ts'

const MAX_SIZE = Number.MAX_SAFE_INTEGER
const timeField = () => z.iso.datetime({ offset: true }).max(40)

export const queryStorage = defineTool({
  name: 'query_storage',
  title: 'Find stored objects',
  askedFor: [
    'find saved objects by their metadata',
    'filter a collection by tag',
    'search documents by attribute',
    'list what is stored'
  ],
  description:
    'Lists stored objects, in the order in which they were stored, that are in a collection, have all of the tags, these members in their metadata, a size and a time within ranges. Follow next_cursor for more. Not for their content: use retrieve_data. Not for rows of tables: use query_dataset.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'storage/read', resource: ({ collection }) => `collection:${collection ?? ''}` },
  needs: ['objects'],
  input: z.strictObject({
    collection: collectionField().optional().describe('Every one by default'),
    tags: tagsField().optional(),
    metadata: metadataField().optional().describe('Members and their exact values'),
    size_range: z.array(z.int().min(0).max(MAX_SIZE)).length(2).optional().describe('[least, most] bytes'),
    date_range: z.array(timeField()).length(2).optional().describe('[from, to], ISO 8601'),
    limit: limitField(100, 1000),
    cursor: cursorField()
  }),
  output: z.object({
    items: z.array(itemSchema),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    next_cursor: z.string().optional()
  }),
  errors: ['INVALID_INPUT', 'NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 200_000 },
  examples: [
    {
      title: 'By tag and author',
      before: [example],
      input: { tags: ['draft'], metadata: { author: 'Ada' } },
      output: { items: [{ format: 'json', tags: ['draft'] }], returned: 1, total: 1, truncated: false }
    },
    { title: 'Nothing that large', before: [example], input: { size_range: [1000, 2000] }, output: { total: 0 } },
    { title: 'A collection that does not exist', input: { collection: 'nowhere' }, error: 'NOT_FOUND' }
  ],
  async run({ size_range, date_range, ...query }, { services: { objects } }) {
    const [least = 0, most = MAX_SIZE] = size_range ?? []
    const [from = 0, to = MAX_SIZE] = date_range?.map(text => Date.parse(text)) ?? []
    const ranges = { sizeRange: [least, most], timeRange: [from, to] } as const
    let { items, total, nextCursor } = await objects.find({ ...query, ...ranges })
    // Metadata may be large: what a result does not hold is for the next page.
    const fitting = pageOf(items.map(toItem), 0, items.length, 100_000).returned
    if (fitting < items.length) ({ items, nextCursor } = await objects.find({ ...query, ...ranges, limit: fitting }))
    const isWhole = nextCursor === undefined && query.cursor === undefined
    return {
      items: items.map(toItem),
      returned: items.length,
      total,
      truncated: !isWhole,
      ...(nextCursor !== undefined && { next_cursor: nextCursor })
    }
  }
})
