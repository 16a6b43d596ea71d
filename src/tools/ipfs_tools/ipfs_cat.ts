import { z } from 'zod'
import { parseCidPath } from '../../core/cid.ts'
import { cidPathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { MAX_INLINE_BYTES, present, RESULT_BYTES } from './inline-content.ts'

export const ipfsCat = defineTool({
  name: 'ipfs_cat',
  title: 'Read a file by CID',
  askedFor: [
    'show the text behind a CID',
    'print what a hash holds',
    'read part of a file by offset and length',
    'view the content of a stored file'
  ],
  description:
    'Answers bytes of a local UnixFS file or raw block, named by CID or cid/path: as text if they are UTF-8, else as base64. At most 48 KiB a call: go on at offset + returned. Not for whole files: use get_from_ipfs. Not for values: use ipfs_dag_get.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'ipfs/read', resource: ({ cid }) => `ipfs:${cid}` },
  needs: ['blocks'],
  input: z.strictObject({
    cid: cidPathField().describe('A CID, or cid/path'),
    offset: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('First byte'),
    length: z.int().min(1).max(MAX_INLINE_BYTES).default(MAX_INLINE_BYTES).describe('Bytes at most')
  }),
  output: z.object({
    cid: z.string(),
    offset: z.int(),
    content: z.string(),
    encoding: z.enum(['utf-8', 'base64']),
    returned: z.int().describe('Bytes in `content`, decoded'),
    total: z.int().describe('Bytes of the whole content'),
    truncated: z.boolean()
  }),
  errors: ['INVALID_CID', 'INVALID_INPUT', 'NOT_FOUND', 'CID_MISMATCH', 'BAD_DATA', 'UNSUPPORTED'],
  limits: { resultBytes: RESULT_BYTES, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Read a text',
      before: [{ tool: 'ipfs_add', args: { content: 'hello world' } }],
      input: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' },
      output: { content: 'hello world', encoding: 'utf-8', returned: 11, total: 11, truncated: false }
    },
    {
      title: 'Read five bytes of it',
      before: [{ tool: 'ipfs_add', args: { content: 'hello world' } }],
      input: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', offset: 6, length: 5 },
      output: { content: 'world', offset: 6, returned: 5, total: 11, truncated: true }
    }
  ],
  async run({ cid: text, offset, length }, { services: { blocks }, signal }) {
    const { cid, path } = parseCidPath(text)
    const { sizeBytes: total } = await blocks.stat(cid, path, { signal })
    const bytes = Buffer.concat(await Array.fromAsync(blocks.cat(cid, path, { offset, length, signal })))
    const part = present(bytes, offset + bytes.length < total)
    return { cid: text, offset, ...part, total, truncated: part.returned < total }
  }
})
