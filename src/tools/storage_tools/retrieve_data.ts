import { z } from 'zod'
import { cidField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import type { StoredObject } from '../../services/objects/api.ts'
import { example, itemSchema, toItem } from './fields.ts'

/** Of the contents of all objects together. */
const CONTENT_BYTES = 64 * 1024

export const retrieveData = defineTool({
  name: 'retrieve_data',
  title: 'Read stored objects by their ids',
  askedFor: ['get a saved object by its id', 'read back what was put in a collection', 'load several records by key'],
  description:
    'Answers stored objects by id: tags and metadata, and with include_content what was stored, at most 64 KiB in all; the rest is read with ipfs_cat by the cid of an object that is not compressed. Ids that name nothing are listed as missing. Not for finding objects: use query_storage.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'storage/read', resource: () => 'storage' },
  needs: ['objects'],
  input: z.strictObject({
    item_ids: z.array(cidField()).min(1).max(100),
    include_content: z.boolean().default(false),
    format_type: z
      .enum(['json', 'text', 'base64'])
      .default('json')
      .describe('How content is shown: json gives JSON as a value, texts as such and bytes as base64')
  }),
  output: z.object({
    items: z.array(
      itemSchema.extend({
        content: z.unknown().optional(),
        content_encoding: z.enum(['json', 'utf-8', 'base64']).optional(),
        content_truncated: z.boolean().optional()
      })
    ),
    missing: z.array(z.string())
  }),
  errors: ['INVALID_INPUT', 'BAD_DATA', 'CID_MISMATCH'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 8_000_000 },
  examples: [
    {
      title: 'With what was stored',
      before: [example],
      input: { item_ids: ['<item_id>'], include_content: true },
      output: { items: [{ content: { title: 'Notes', page: 3 }, content_encoding: 'json' }], missing: [] }
    },
    {
      title: 'Nothing of this id',
      input: { item_ids: ['bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae'] },
      output: { items: [], missing: ['bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae'] }
    }
  ],
  async run({ item_ids, include_content, format_type }, { services: { objects }, signal }) {
    const found = await objects.get([...new Set(item_ids)])
    const known = new Set(found.map(({ id }) => id))
    let left = CONTENT_BYTES
    const items = []
    for (const item of found) {
      const bytes = include_content ? await objects.read(item, { length: left, signal }) : undefined
      left -= bytes?.length ?? 0
      items.push({ ...toItem(item), ...(bytes && shown(bytes, item, format_type)) })
    }
    return { items, missing: item_ids.filter(id => !known.has(id)) }
  }
})

function shown(bytes: Buffer, { format, sizeBytes }: StoredObject, as: 'json' | 'text' | 'base64') {
  const content_truncated = bytes.length < sizeBytes
  const text = bytes.toString()
  if (as === 'json' && format === 'json' && !content_truncated)
    return { content: JSON.parse(text) as unknown, content_encoding: 'json' as const, content_truncated }
  // A character that was cut in two at the end is left out.
  const whole = content_truncated ? text.replace(/\ufffd$/, '') : text
  const isText = as !== 'base64' && format !== 'binary'
  return isText
    ? { content: whole, content_encoding: 'utf-8' as const, content_truncated }
    : { content: bytes.toString('base64'), content_encoding: 'base64' as const, content_truncated }
}
