import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { cursorField, limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import type { Collection, Objects } from '../../services/objects/api.ts'
import { collectionField, collectionSchema, example, metadataField, toCollection } from './fields.ts'

const ACTIONS = ['list', 'get', 'create', 'update', 'delete', 'delete_item'] as const

export const manageCollections = defineTool({
  name: 'manage_collections',
  title: 'Manage collections of stored objects',
  askedFor: [
    'create, rename or delete a collection',
    'how many objects are in each bucket',
    'set up a place for objects'
  ],
  description:
    'Lists, shows, creates, updates or deletes collections of stored objects, or deletes one object (delete_item). A collection that holds objects is deleted only with delete_items. Not for finding objects: use query_storage.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'delete',
  capability: { ability: 'storage/write', resource: ({ collection_name }) => `collection:${collection_name ?? ''}` },
  needs: ['objects'],
  input: z.strictObject({
    action: z.enum(ACTIONS),
    collection_name: collectionField().optional().describe('Needed but for list and delete_item'),
    description: z.string().max(2000).optional(),
    metadata: metadataField().optional(),
    delete_items: z.boolean().default(false).describe('Of delete: its objects too'),
    item_id: z.string().min(1).max(512).optional().describe('Of delete_item'),
    limit: limitField(50, 200),
    cursor: cursorField()
  }),
  output: z.object({
    action: z.string(),
    collections: z.array(collectionSchema),
    total: z.int().describe('Collections there are, of list'),
    deleted_items: z.int(),
    truncated: z.boolean(),
    next_cursor: z.string().optional()
  }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'ALREADY_EXISTS', 'STORAGE_FULL', 'STORAGE_FAILED', 'CANCELLED'],
  limits: { timeoutMs: 600_000, resultBytes: 16_000_000 },
  examples: [
    {
      title: 'Create one',
      input: { action: 'create', collection_name: 'research', description: 'Papers' },
      output: { collections: [{ name: 'research', items: 0 }] }
    },
    {
      title: 'Which there are',
      before: [example],
      input: { action: 'list' },
      output: { collections: [{ name: 'default', items: 1 }], total: 1 }
    },
    { title: 'One that does not exist', input: { action: 'delete', collection_name: 'nowhere' }, error: 'NOT_FOUND' }
  ],
  async run({ action, limit, cursor, ...input }, { services: { objects }, signal }) {
    if (action === 'list') {
      const { collections, total } = await objects.collections({ after: cursor, limit: limit + 1 })
      const page = collections.slice(0, limit)
      const next = collections.length > limit ? page.at(-1)?.name : undefined
      return {
        ...answer(action, page, total),
        truncated: page.length < total,
        ...(next !== undefined && { next_cursor: next })
      }
    }
    if (action === 'delete_item') {
      const id = input.item_id ?? need('item_id', action)
      if (await objects.remove(id)) return { ...answer(action, [], 0), deleted_items: 1 }
      throw new AppError('NOT_FOUND', `There is no object ${id.slice(0, 80)}`)
    }
    const name = input.collection_name ?? need('collection_name', action)
    if (action === 'delete') {
      const deleted = await objects.removeCollection(name, { withItems: input.delete_items, signal })
      return { ...answer(action, [], 0), deleted_items: deleted }
    }
    return answer(action, [await one(objects, action, name, input)], 1)
  }
})

const answer = (action: string, collections: readonly Collection[], total: number) => ({
  action,
  collections: collections.map(toCollection),
  total,
  deleted_items: 0,
  truncated: false
})

async function one(
  objects: Objects,
  action: 'get' | 'create' | 'update',
  name: string,
  { description, metadata }: { description?: string | undefined; metadata?: Record<string, unknown> | undefined }
): Promise<Collection> {
  if (action === 'get') return await objects.collection(name)
  const about = { description, metadata }
  return action === 'create'
    ? await objects.createCollection(name, about)
    : await objects.describeCollection(name, about)
}

function need(name: string, action: string): never {
  const message = `The action ${action} needs ${name}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}
