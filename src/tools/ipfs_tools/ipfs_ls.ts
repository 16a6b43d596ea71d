import { z } from 'zod'
import { parseCidPath } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { cidPathField, cursorField, limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const ipfsLs = defineTool({
  name: 'ipfs_ls',
  title: 'List a directory by CID',
  askedFor: [
    'which files are inside this root',
    'browse a folder by its hash',
    'names and sizes of the children of a node',
    'file listing'
  ],
  description:
    'Lists the entries of a local UnixFS directory, named by CID or cid/path, in its own order: name, CID, kind and size in bytes. Follow next_cursor for more. Not for content: use ipfs_cat.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'ipfs/read', resource: ({ cid }) => `ipfs:${cid}` },
  needs: ['blocks'],
  input: z.strictObject({
    cid: cidPathField().describe('A CID, or cid/path'),
    limit: limitField(100, 500),
    cursor: cursorField()
  }),
  output: z.object({
    cid: z.string(),
    entries: z.array(
      z.object({
        name: z.string(),
        cid: z.string(),
        type: z.enum(['file', 'directory', 'raw']),
        size_bytes: z.number()
      })
    ),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    next_cursor: z.string().optional()
  }),
  errors: ['INVALID_CID', 'INVALID_INPUT', 'NOT_FOUND', 'CID_MISMATCH', 'BAD_DATA', 'UNSUPPORTED'],
  limits: { resultBytes: 512 * 1024, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A directory of one text',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world', wrap_with_directory: true } }],
      input: { cid: 'bafybeih6yldehek27i4r7oo6glj4xs4ed3ia5gdr5u3ubblyedax7u2auy' },
      output: { entries: [{ name: 'content.txt', type: 'raw', size_bytes: 11 }], total: 1, truncated: false }
    },
    {
      title: 'One entry a page',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world', wrap_with_directory: true } }],
      input: { cid: 'bafybeih6yldehek27i4r7oo6glj4xs4ed3ia5gdr5u3ubblyedax7u2auy', limit: 1 },
      output: { returned: 1, total: 1 }
    }
  ],
  async run({ cid: text, limit, cursor }, { services: { blocks }, signal }) {
    const start = cursor === undefined ? 0 : Number(cursor)
    if (!Number.isSafeInteger(start) || start < 0) {
      throw new AppError('INVALID_INPUT', 'cursor is not one that ipfs_ls gave; use next_cursor of the page before')
    }
    const { cid, path } = parseCidPath(text)
    const entries = []
    let total = 0
    for await (const { sizeBytes: size_bytes, cid: child, name, type } of blocks.ls(cid, path, { signal })) {
      if (total >= start && entries.length < limit) entries.push({ name, cid: child.toString(), type, size_bytes })
      total++
    }
    const end = start + entries.length
    return {
      cid: text,
      entries,
      returned: entries.length,
      total,
      truncated: entries.length < total,
      ...(end < total && { next_cursor: String(end) })
    }
  }
})
