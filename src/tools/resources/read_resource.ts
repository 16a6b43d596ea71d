import { z } from 'zod'
import { cidPathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { readDataset } from './dataset-content.ts'
import { MAX_RESOURCE_BYTES, readIpfs } from './ipfs-content.ts'
import { parseResourceUri } from './resource-uri.ts'

/** Text may grow sixfold by JSON escapes, and the fields around it need room. */
const RESULT_BYTES = 6 * MAX_RESOURCE_BYTES + 16 * 1024
/** What stands under a CID never changes; a day, because a client may want its memory back. */
const IPFS_TTL_MS = 86_400_000

export const readResource = defineTool({
  name: 'read_resource',
  title: 'Read a resource',
  description:
    'Answers a dataset (dataset://<dataset_id>: figures, schema, sample as JSON) or a local file (ipfs://<cid>/<path>, at most 256 KiB). Not for parts of larger files: use ipfs_cat.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'resource/read', resource: ({ uri }) => uri },
  needs: ['datasets', 'blocks'],
  input: z.strictObject({
    uri: cidPathField().describe('dataset://<dataset_id> or ipfs://<cid>[/path][?offset=&length=]')
  }),
  output: z.object({
    contents: z.array(
      z.object({ uri: z.string(), mimeType: z.string(), text: z.string().optional(), blob: z.string().optional() })
    ),
    ttlMs: z.int()
  }),
  errors: ['NOT_FOUND', 'INVALID_INPUT', 'INVALID_CID', 'CID_MISMATCH', 'BAD_DATA', 'UNSUPPORTED', 'TOO_LARGE'],
  limits: { resultBytes: RESULT_BYTES, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A text by its CID',
      before: [{ tool: 'ipfs_add', args: { content: 'hello world' } }],
      input: { uri: 'ipfs://bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' },
      output: { contents: [{ mimeType: 'text/plain', text: 'hello world' }] }
    },
    {
      title: 'A dataset',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { uri: 'dataset://people' },
      output: { contents: [{ uri: 'dataset://people', mimeType: 'application/json' }], ttlMs: 0 }
    }
  ],
  async run({ uri }, { services: { datasets, blocks }, signal }) {
    const target = parseResourceUri(uri)
    if (target.kind === 'ipfs') {
      return { contents: [{ uri, ...(await readIpfs(blocks, target, signal)) }], ttlMs: IPFS_TTL_MS }
    }
    const text = await readDataset(datasets, target.datasetId, signal)
    return { contents: [{ uri, mimeType: 'application/json', text }], ttlMs: 0 }
  }
})
