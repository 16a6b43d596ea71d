import { z } from 'zod'
import { cursorField, limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const ipfsListPins = defineTool({
  name: 'ipfs_list_pins',
  title: 'List pins',
  askedFor: ['which content is kept here', 'show everything that is protected', 'what does this node hold permanently'],
  description:
    'Lists what is pinned, in the order of the CIDs’ text: recursive pins hold everything below them, direct pins one block. Follow next_cursor for more. Not for what is in a directory: use ipfs_ls.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'ipfs/read', resource: () => 'ipfs:pins' },
  needs: ['blocks'],
  input: z.strictObject({
    type: z.enum(['all', 'direct', 'recursive']).default('all'),
    limit: limitField(100, 500),
    cursor: cursorField()
  }),
  output: z.object({
    pins: z.array(z.object({ cid: z.string(), type: z.enum(['direct', 'recursive']) })),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    next_cursor: z.string().optional()
  }),
  errors: ['INVALID_INPUT'],
  limits: { resultBytes: 512 * 1024, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'One pin',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world' } }],
      input: { type: 'recursive' },
      output: {
        pins: [{ cid: 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e', type: 'recursive' }],
        total: 1
      }
    },
    { title: 'No direct pins', input: { type: 'direct' }, output: { pins: [], returned: 0, truncated: false } }
  ],
  async run({ type, limit, cursor }, { services }) {
    const { pins, total } = await services.blocks.listPins({
      // One more than asked for tells whether there is a next page.
      limit: limit + 1,
      ...(type !== 'all' && { type }),
      ...(cursor !== undefined && { after: cursor })
    })
    const page = pins.slice(0, limit).map(pin => ({ cid: pin.cid.toString(), type: pin.type }))
    const last = page.at(-1)
    return {
      pins: page,
      returned: page.length,
      total,
      truncated: page.length < total,
      ...(pins.length > limit && last && { next_cursor: last.cid })
    }
  }
})
