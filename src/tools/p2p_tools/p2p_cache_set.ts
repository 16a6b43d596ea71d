import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { isoTime } from '../task-view.ts'
import { keyField } from './key-field.ts'

const YEARS_100_S = 3_155_760_000

export const p2pCacheSet = defineTool({
  name: 'p2p_cache_set',
  title: 'Keep a value in the cache',
  askedFor: ['remember something for other calls', 'put a key and a value', 'keep it until a time'],
  description:
    'Caches a JSON value of up to 1 MiB under a key, for a time or until it is put out; it survives a restart. The cache is bounded: what was used longest ago goes first. Not for what must last: use ipfs_add.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'cache/write', resource: ({ key }) => `cache:${key}` },
  needs: ['cache'],
  aliases: [{ name: 'p2p_taskqueue_cache_set' }],
  input: z.strictObject({
    key: keyField(),
    value: z.unknown().describe('Any JSON, null too'),
    ttl_s: z
      .number()
      .min(-YEARS_100_S)
      .max(YEARS_100_S)
      .nullable()
      .default(null)
      .describe('Seconds that it is kept; with null, 0 or less it does not expire')
  }),
  output: z.object({ key: z.string(), expires_at: z.string().nullable() }),
  errors: ['INVALID_INPUT', 'TOO_LARGE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'For good', input: { key: 'embedding:a1', value: [0.1, 0.2] }, output: { ok: true, expires_at: null } },
    {
      title: 'For an hour, in place of another value',
      before: [{ tool: 'p2p_cache_set', args: { key: 'page', value: 'old' } }],
      input: { key: 'page', value: { title: 'new' }, ttl_s: 3600 },
      output: { ok: true, key: 'page' }
    }
  ],
  async run({ key, value, ttl_s }, { services: { cache } }) {
    const { expiresAt } = await cache.set(key, value, { ttlMs: (ttl_s ?? 0) * 1000 })
    return { key, expires_at: expiresAt === undefined ? null : isoTime(expiresAt) }
  }
})
