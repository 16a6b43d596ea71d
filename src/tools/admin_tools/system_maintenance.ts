import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'

const OPERATIONS = ['check', 'garbage_collection', 'cache', 'all'] as const

export const systemMaintenance = defineTool({
  name: 'system_maintenance',
  title: 'Run maintenance of blocks and cache',
  askedFor: [
    'routine upkeep of storage',
    'how much space would cleaning win',
    'garbage collect blocks and expired entries together'
  ],
  description:
    'Collects the garbage of the blocks (what nothing pins), removes what has expired from the cache, or both; check tells what that would free. Not for stopping what is idle: use cleanup_resources. Not for garbage alone: use ipfs_gc.',
  runtime: 'general',
  asTask: 'offered',
  remote: 'task',
  effect: 'delete',
  capability: {
    ability: 'system/write',
    resource: ({ operation, action }) => `maintenance:${operation ?? action ?? ''}`
  },
  needs: ['blocks', 'cache'],
  input: z.strictObject({
    operation: z.enum(OPERATIONS).optional(),
    action: z.enum(OPERATIONS).optional().describe('Another name of operation')
  }),
  output: z.object({
    operation: z.string(),
    removed_blocks: z.int(),
    kept_blocks: z.int(),
    freed_bytes: z.int(),
    expired_cache_entries: z.int()
  }),
  errors: ['INVALID_INPUT', 'CID_MISMATCH', 'BAD_DATA', 'STORAGE_FAILED', 'CANCELLED'],
  limits: { timeoutMs: 3_600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'What could go',
      before: [{ tool: 'ipfs_add', args: { content: 'hello world' } }],
      input: { operation: 'check' },
      output: { removed_blocks: 1, freed_bytes: 11 }
    },
    {
      title: 'Let it go',
      before: [{ tool: 'ipfs_add', args: { content: 'hello world' } }],
      input: { operation: 'all' },
      output: { removed_blocks: 1, expired_cache_entries: 0 }
    },
    { title: 'No operation', input: {}, error: 'INVALID_INPUT' }
  ],
  async run({ operation, action }, { services: { blocks, cache }, signal, progress }) {
    const chosen = operation ?? action ?? refuse()
    const result = { operation: chosen, removed_blocks: 0, kept_blocks: 0, freed_bytes: 0, expired_cache_entries: 0 }
    if (chosen !== 'cache') {
      const { removedBlocks, keptBlocks, removedBytes } = await blocks.gc({ dryRun: chosen === 'check', signal })
      Object.assign(result, { removed_blocks: removedBlocks, kept_blocks: keptBlocks, freed_bytes: removedBytes })
    }
    if (chosen === 'cache' || chosen === 'all') {
      const { expired, putOut, freedBytes } = await cache.trim({
        signal,
        onProgress: (done, total) => progress(done, total, 'cache entries')
      })
      result.expired_cache_entries = expired + putOut
      result.freed_bytes += freedBytes
    }
    return result
  }
})

function refuse(): never {
  const message = `Name an operation: ${OPERATIONS.join(', ')}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/operation', message }] })
}
