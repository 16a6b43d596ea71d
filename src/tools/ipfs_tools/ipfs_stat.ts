import { z } from 'zod'
import { parseCidPath } from '../../core/cid.ts'
import { cidPathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const ipfsStat = defineTool({
  name: 'ipfs_stat',
  title: 'Describe a CID',
  askedFor: [
    'is it a file or a directory',
    'how large is what is behind this hash',
    'how many blocks',
    'is everything of it here',
    'size and type of a CID or node'
  ],
  description:
    'Says what a local CID or cid/path stands for: kind, codec, bytes of content, and how many blocks below it are here. is_complete is false when some are missing. Not for the entries of a directory: use ipfs_ls.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'ipfs/read', resource: ({ cid }) => `ipfs:${cid}` },
  needs: ['blocks'],
  input: z.strictObject({ cid: cidPathField().describe('A CID, or cid/path') }),
  output: z.object({
    cid: z.string(),
    type: z.enum(['file', 'directory', 'raw', 'dag']),
    codec: z.string(),
    size_bytes: z.number().describe('Of the content'),
    blocks: z.int(),
    dag_size_bytes: z.number().describe('Of all blocks that are here'),
    is_complete: z.boolean()
  }),
  errors: ['INVALID_CID', 'INVALID_INPUT', 'NOT_FOUND', 'CID_MISMATCH', 'BAD_DATA'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A short text is one raw block',
      before: [{ tool: 'ipfs_add', args: { content: 'hello world' } }],
      input: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' },
      output: { type: 'raw', codec: 'raw', size_bytes: 11, blocks: 1, is_complete: true }
    },
    {
      title: 'A record is a DAG',
      before: [{ tool: 'ipfs_dag_put', args: { value: { hello: 'world' } } }],
      input: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae' },
      output: { type: 'dag', codec: 'dag-cbor', blocks: 1, is_complete: true }
    }
  ],
  async run({ cid: text }, { services, signal }) {
    const { cid, path } = parseCidPath(text)
    const stat = await services.blocks.stat(cid, path, { signal })
    return {
      cid: stat.cid.toString(),
      type: stat.type,
      codec: stat.codec,
      size_bytes: stat.sizeBytes,
      blocks: stat.blocks,
      dag_size_bytes: stat.dagSizeBytes,
      is_complete: stat.isComplete
    }
  }
})
