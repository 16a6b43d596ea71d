import { z } from 'zod'
import { parseCid } from '../../core/cid.ts'
import { cidField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const ipfsUnpin = defineTool({
  name: 'ipfs_unpin',
  title: 'Remove a pin',
  askedFor: [
    'no longer keep some content',
    'release what was protected',
    'let a file be collected',
    'stop holding a hash'
  ],
  description:
    'Takes back the pin of a CID. Its blocks stay until ipfs_gc runs, and for good if another pin reaches them. Not for freeing the space itself: use ipfs_gc after it.',
  runtime: 'general',
  remote: 'task',
  effect: 'delete',
  capability: { ability: 'ipfs/pin', resource: ({ cid }) => `ipfs:${cid}` },
  needs: ['blocks'],
  input: z.strictObject({ cid: cidField() }),
  output: z.object({ cid: z.string(), unpinned: z.literal(true) }),
  errors: ['INVALID_CID', 'NOT_FOUND'],
  limits: { isRetrySafe: true },
  examples: [
    {
      title: 'Unpin a text',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world' } }],
      input: { cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e' },
      output: { unpinned: true }
    },
    {
      title: 'Unpin a record',
      before: [{ tool: 'ipfs_dag_put', args: { value: { hello: 'world' }, pin: true } }],
      input: { cid: 'bafyreidykglsfhoixmivffc5uwhcgshx4j465xwqntbmu43nb2dzqwfvae' },
      output: { unpinned: true }
    }
  ],
  async run({ cid: text }, { services }) {
    const cid = parseCid(text)
    await services.blocks.unpin(cid)
    return { cid: cid.toString(), unpinned: true as const }
  }
})
