import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'

export const ipfsGc = defineTool({
  name: 'ipfs_gc',
  title: 'Remove unpinned blocks',
  askedFor: [
    'free disk space',
    'the disk is full, throw away what is not pinned',
    'delete what nobody keeps',
    'clean up unreferenced blocks',
    'how much could be reclaimed'
  ],
  description:
    'Removes every local block that no pin and no running call reaches. It cannot be undone; dry_run says what would go. Not for one chosen CID: use ipfs_unpin, so that it may go.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'delete',
  capability: { ability: 'ipfs/gc', resource: () => 'ipfs:blocks' },
  needs: ['blocks'],
  input: z.strictObject({ dry_run: z.boolean().default(false) }),
  output: z.object({
    removed_blocks: z.int(),
    removed_bytes: z.number(),
    kept_blocks: z.int(),
    dry_run: z.boolean()
  }),
  errors: ['CID_MISMATCH', 'BAD_DATA'],
  limits: { timeoutMs: 3_600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'See what would go',
      before: [{ tool: 'ipfs_add', args: { content: 'hello world' } }],
      input: { dry_run: true },
      output: { removed_blocks: 1, removed_bytes: 11, kept_blocks: 0, dry_run: true }
    },
    {
      title: 'A pin keeps its blocks',
      before: [{ tool: 'pin_to_ipfs', args: { content_source: 'hello world' } }],
      input: {},
      output: { removed_blocks: 0, kept_blocks: 1, dry_run: false }
    }
  ],
  async run({ dry_run }, { services, signal }) {
    const result = await services.blocks.gc({ dryRun: dry_run, signal })
    return {
      removed_blocks: result.removedBlocks,
      removed_bytes: result.removedBytes,
      kept_blocks: result.keptBlocks,
      dry_run
    }
  }
})
