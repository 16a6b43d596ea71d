import { z } from 'zod'
import { parseCid } from '../../core/cid.ts'
import { cidField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

const MAX_VALUE_BYTES = 48 * 1024
const MAX_KEYS = 50

export const ipfsDagGet = defineTool({
  name: 'ipfs_dag_get',
  title: 'Read a value',
  askedFor: [
    'follow a path through linked data',
    'traverse the links of a node',
    'read back dag-json or dag-cbor',
    'read a JSON value by its hash',
    'resolve a field of a node',
    'show a structured block'
  ],
  description:
    'Reads an IPLD value by CID, optionally a path in it that is followed through links. A value of more than 48 KiB comes as a summary with its keys: name a path then. Not for the bytes of files: use ipfs_cat.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'ipfs/read', resource: ({ cid }) => `ipfs:${cid}` },
  needs: ['blocks'],
  input: z.strictObject({
    cid: cidField(),
    path: z.string().max(4096).default('').describe('Keys and indexes with / between them, such as authors/0/name')
  }),
  output: z.object({
    cid: z.string(),
    path: z.string(),
    value: z.unknown().optional(),
    summary: z.object({ kind: z.string(), keys: z.array(z.string()) }).optional(),
    returned: z.int().describe('Bytes of JSON in `value`'),
    total: z.int().describe('Bytes of JSON of the whole value'),
    truncated: z.boolean()
  }),
  errors: ['INVALID_CID', 'NOT_FOUND', 'CID_MISMATCH', 'BAD_DATA', 'UNSUPPORTED', 'TOO_LARGE'],
  limits: { resultBytes: 128 * 1024, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A whole record',
      before: [{ tool: 'ipfs_dag_put', args: { value: { hello: 'world' } } }],
      input: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae' },
      output: { value: { hello: 'world' }, truncated: false }
    },
    {
      title: 'One member of it',
      before: [{ tool: 'ipfs_dag_put', args: { value: { hello: 'world' } } }],
      input: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae', path: 'hello' },
      output: { value: 'world', path: 'hello' }
    }
  ],
  async run({ cid: text, path }, { services, signal }) {
    const cid = parseCid(text)
    const segments = path.split('/').filter(segment => segment !== '')
    const value = await services.blocks.dagGet(cid, segments, { signal })
    const total = Buffer.byteLength(JSON.stringify(value))
    const head = { cid: cid.toString(), path, total }
    if (total <= MAX_VALUE_BYTES) return { ...head, value, returned: total, truncated: false }
    return { ...head, summary: summarize(value), returned: 0, truncated: true }
  }
})

function summarize(value: unknown) {
  const kind = Array.isArray(value) ? `list of ${value.length}` : typeof value === 'object' ? 'map' : typeof value
  const keys = Array.isArray(value) || typeof value !== 'object' ? [] : Object.keys(Object(value))
  return { kind, keys: keys.slice(0, MAX_KEYS).map(key => key.slice(0, 200)) }
}
