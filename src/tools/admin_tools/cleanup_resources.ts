import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'

/** Those that hold memory or temporary files while nobody uses them. */
const HOLDERS = ['queries', 'datasets'] as const

export const cleanupResources = defineTool({
  name: 'cleanup_resources',
  title: 'Free memory and temporary files',
  askedFor: ['free up memory', 'delete temporary leftovers', 'release idle engines', 'reclaim resources'],
  description:
    'Removes what has expired from the cache, and ends idle engines and results kept for further pages (cursors to them end) by restarting the services that hold them, unless calls use them; full also collects the garbage of the blocks. The server keeps no log files. Not for a look first: use system_maintenance.',
  runtime: 'general',
  asTask: 'offered',
  remote: 'task',
  effect: 'delete',
  capability: { ability: 'system/write', resource: ({ cleanup_type }) => `cleanup:${cleanup_type}` },
  needs: ['system', 'cache', 'blocks'],
  input: z.strictObject({
    cleanup_type: z.enum(['basic', 'full']).default('basic'),
    restart_services: z.boolean().default(true).describe('End idle engines'),
    cleanup_temp_files: z.boolean().default(true).describe('Results kept for further pages; with restart_services')
  }),
  output: z.object({
    freed_cache_bytes: z.int(),
    freed_block_bytes: z.int(),
    restarted: z.array(z.string()),
    in_use: z.array(z.string()).describe('Services that calls use, and that were left alone'),
    memory_before: z.int().nullable(),
    memory_after: z.int().nullable()
  }),
  errors: ['STORAGE_FAILED', 'CID_MISMATCH', 'BAD_DATA', 'CANCELLED'],
  limits: { timeoutMs: 3_600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Nothing to do', input: { restart_services: false }, output: { freed_cache_bytes: 0, restarted: [] } },
    {
      title: 'Idle engines end',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: {},
      output: { restarted: ['datasets'], in_use: [] }
    }
  ],
  async run({ cleanup_type, restart_services, cleanup_temp_files }, { services: { system, cache, blocks }, signal }) {
    const { process_memory_bytes: before } = await system.sample()
    const { freedBytes } = await cache.trim({ signal })
    const [restarted, inUse]: [string[], string[]] = [[], []]
    const isRunning = (name: string) => system.services().some(one => one.name === name && one.state === 'running')
    for (const name of restart_services && cleanup_temp_files ? HOLDERS : []) {
      if (!isRunning(name)) continue
      signal.throwIfAborted()
      try {
        const stopped = await system.stopService(name)
        for (const one of stopped.toReversed()) await system.startService(one)
        restarted.push(name)
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'BUSY') throw error
        inUse.push(name)
      }
    }
    const gone = cleanup_type === 'full' ? await blocks.gc({ signal }) : undefined
    const { process_memory_bytes: after } = await system.sample()
    return {
      freed_cache_bytes: freedBytes,
      freed_block_bytes: gone?.removedBytes ?? 0,
      restarted,
      in_use: inUse,
      memory_before: before,
      memory_after: after
    }
  }
})
