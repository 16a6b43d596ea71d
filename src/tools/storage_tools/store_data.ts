import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { COMPRESSIONS, DEFAULT_COLLECTION } from '../../services/objects/api.ts'
import { collectionField, itemSchema, metadataField, tagsField, toItem } from './fields.ts'

const MAX_TEXT = 4_000_000

export const storeData = defineTool({
  name: 'store_data',
  title: 'Store an object in a collection',
  askedFor: [
    'put a record with metadata in a collection',
    'save a note for later',
    'keep a document with tags',
    'insert an object'
  ],
  description:
    'Stores a text, JSON or bytes (base64) with tags and metadata in a collection, where query_storage finds it; it lasts until it is removed. The same object stored again is one object. Collections other than default are made by manage_collections. Not for tables: use load_dataset. Not for files: use pin_to_ipfs.',
  runtime: 'general',
  remote: 'task',
  effect: 'create',
  capability: { ability: 'storage/write', resource: ({ collection }) => `collection:${collection}` },
  needs: ['objects'],
  input: z.strictObject({
    data: z.union([
      z.string().max(MAX_TEXT),
      z.array(z.unknown()).max(100_000),
      z.record(z.string().max(512), z.unknown())
    ]),
    encoding: z.enum(['utf-8', 'base64']).default('utf-8').describe('What a string is'),
    compression: z.enum(COMPRESSIONS).default('none'),
    collection: collectionField().default(DEFAULT_COLLECTION),
    metadata: metadataField().optional(),
    tags: tagsField().optional()
  }),
  output: itemSchema.extend({ is_new: z.boolean().describe('false if it was there already') }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 200_000 },
  examples: [
    {
      title: 'JSON with a tag',
      input: { data: { title: 'Notes' }, tags: ['draft'] },
      output: { collection: 'default', format: 'json', size_bytes: 17, is_new: true }
    },
    {
      title: 'Bytes, compressed, in a collection of their own',
      before: [{ tool: 'manage_collections', args: { action: 'create', collection_name: 'pictures' } }],
      input: { data: 'iVBORw0K', encoding: 'base64', compression: 'gzip', collection: 'pictures' },
      output: { format: 'binary', size_bytes: 6, compression: 'gzip' }
    },
    { title: 'A collection that does not exist', input: { data: 'x', collection: 'nowhere' }, error: 'NOT_FOUND' }
  ],
  async run({ data, encoding, compression, collection, metadata = {}, tags = [] }, { services: { objects }, signal }) {
    const object = { compression, collection, metadata, tags, ...contentOf(data, encoding) }
    const { item, isNew } = await objects.put(object, { signal })
    return { ...toItem(item), is_new: isNew }
  }
})

function contentOf(data: unknown, encoding: 'utf-8' | 'base64') {
  if (typeof data !== 'string') return { bytes: Buffer.from(JSON.stringify(data)), format: 'json' as const }
  if (encoding === 'utf-8') return { bytes: Buffer.from(data), format: 'text' as const }
  const bytes = Buffer.from(data, 'base64')
  // Decoding leaves out what is no base64.
  if (bytes.toString('base64').replace(/=+$/, '') === data.replace(/=+$/, ''))
    return { bytes, format: 'binary' as const }
  const message = 'Must be base64, without white space'
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/data', message }] })
}
