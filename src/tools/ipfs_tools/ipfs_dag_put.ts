import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'

export const ipfsDagPut = defineTool({
  name: 'ipfs_dag_put',
  title: 'Store a value',
  askedFor: [
    'save a JSON object under its hash',
    'store a linked structure',
    'make an IPLD node',
    'write CBOR with links'
  ],
  description:
    'Stores a JSON value as one IPLD block of at most 2 MiB and answers its CID. Links are {"/": "<cid>"}, bytes {"/": {"bytes": "<base64>"}}. Not for files: use ipfs_add.',
  runtime: 'general',
  remote: 'task',
  effect: 'create',
  capability: { ability: 'ipfs/write', resource: () => 'ipfs:new' },
  needs: ['blocks'],
  input: z.strictObject({
    value: z.unknown().refine(value => value !== undefined, 'Give a value; null is one'),
    codec: z.enum(['dag-cbor', 'dag-json']).default('dag-cbor'),
    pin: z.boolean().default(false).describe('Pin it with everything that it links to, all of which must be here')
  }),
  output: z.object({ cid: z.string(), codec: z.enum(['dag-cbor', 'dag-json']), pinned: z.boolean() }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'TOO_LARGE', 'STORAGE_FULL'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A record as DAG-CBOR',
      input: { value: { hello: 'world' } },
      output: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae', pinned: false }
    },
    {
      title: 'A record as DAG-JSON, pinned',
      input: { value: { hello: 'world' }, codec: 'dag-json', pin: true },
      output: { cid: 'baguqeerasords4njcts6vs7qvdjfcvgnume4hqohf65zsfguprqphs3icwea', pinned: true }
    }
  ],
  async run({ value, codec, pin }, { services, signal }) {
    const cid = await services.blocks.dagPut(value, { codec, signal, ...(pin && { pin: 'recursive' as const }) })
    return { cid: cid.toString(), codec, pinned: pin }
  }
})
