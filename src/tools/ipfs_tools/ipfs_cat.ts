import { z } from 'zod'
import { parseCidPath } from '../../core/cid.ts'
import { cidPathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

/** Base64 makes 64 KiB of it, the size that a result should keep to. */
const MAX_INLINE_BYTES = 48 * 1024
/** Text may grow sixfold by JSON escapes, and the fields around it need room. */
const RESULT_BYTES = 6 * MAX_INLINE_BYTES + 16 * 1024

export const ipfsCat = defineTool({
  name: 'ipfs_cat',
  title: 'Read a file by CID',
  description:
    'Answers bytes of a local UnixFS file or raw block, named by CID or cid/path: as text if they are UTF-8, else as base64. At most 48 KiB a call: go on at offset + returned. Use get_from_ipfs for whole files and ipfs_dag_get for values.',
  runtime: 'general',
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

/** Text where it is text; a character cut in two by the end of the part is left for the next read. */
function present(bytes: Buffer, isCut: boolean) {
  for (let drop = 0; drop <= (isCut ? Math.min(3, bytes.length - 1) : 0); drop++) {
    const part = bytes.subarray(0, bytes.length - drop)
    const content = part.toString()
    // Decoding replaces what is not UTF-8, so only text comes back as it was.
    if (Buffer.from(content).equals(part)) return { content, encoding: 'utf-8' as const, returned: part.length }
  }
  return { content: bytes.toString('base64'), encoding: 'base64' as const, returned: bytes.length }
}
