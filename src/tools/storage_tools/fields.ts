/** What the tools of stored objects share. */
import { z } from 'zod'
import type { Collection, StoredObject } from '../../services/objects/api.ts'

const MAX_METADATA_BYTES = 64 * 1024

export const collectionField = () =>
  z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'Use letters, digits, _, - and .')
export const tagsField = () => z.array(z.string().min(1).max(128)).max(100)
export const metadataField = () =>
  z
    .record(z.string().max(256), z.unknown())
    .refine(value => Buffer.byteLength(JSON.stringify(value)) <= MAX_METADATA_BYTES, {
      message: `Must have at most ${MAX_METADATA_BYTES} bytes of JSON`
    })

export const itemSchema = z.object({
  item_id: z.string().describe('CID of its record'),
  cid: z.string().describe('Of its bytes as they are stored; ipfs_cat reads them'),
  collection: z.string(),
  format: z.enum(['text', 'json', 'binary']),
  compression: z.enum(['none', 'gzip']),
  size_bytes: z.int(),
  stored_bytes: z.int(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  created_at: z.string()
})

export function toItem(item: StoredObject): z.output<typeof itemSchema> {
  return {
    item_id: item.id,
    cid: item.cid,
    collection: item.collection,
    format: item.format,
    compression: item.compression,
    size_bytes: item.sizeBytes,
    stored_bytes: item.storedBytes,
    tags: [...item.tags],
    metadata: item.metadata,
    created_at: new Date(item.createdAt).toISOString()
  }
}

export const collectionSchema = z.object({
  name: z.string(),
  description: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  items: z.int(),
  size_bytes: z.int(),
  created_at: z.string()
})

export function toCollection({
  name,
  description,
  metadata,
  items,
  ...more
}: Collection): z.output<typeof collectionSchema> {
  const created_at = new Date(more.createdAt).toISOString()
  return { name, description, metadata, items, size_bytes: more.sizeBytes, created_at }
}

/** How an example stores something. */
export const example = {
  tool: 'store_data',
  args: { data: { title: 'Notes', page: 3 }, tags: ['draft'], metadata: { author: 'Ada' } }
}
