import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { example, namespaceField, sizeShape } from './fields.ts'

const MIB = 1024 * 1024

export const optimizeCache = defineTool({
  name: 'optimize_cache',
  title: 'Tidy the cache',
  askedFor: ['evict expired entries', 'shrink the cache', 'clean out old cached values', 'make room in the cache'],
  description:
    'Removes what has expired, what is older than max_age_hours, and then, until the rest has at most max_size_mb, what was used longest ago (lru) or is largest (size). Not for emptying a namespace: use cache_clear. Not for lasting limits: use update_configuration.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'delete',
  capability: { ability: 'cache/write', resource: ({ cache_type }) => `cache:${cache_type ?? ''}` },
  needs: ['cache'],
  input: z.strictObject({
    cache_type: namespaceField().optional().describe('One namespace; all by default'),
    strategy: z.enum(['lru', 'size']).default('lru'),
    max_size_mb: z.number().min(0).max(1_048_576).optional().describe('MiB; the limit of the cache by default'),
    max_age_hours: z.number().min(0).max(876_000).optional().describe('Since it was set')
  }),
  output: z.object({
    expired: z.int(),
    too_old: z.int(),
    put_out: z.int(),
    freed_bytes: z.int(),
    left: z.object(sizeShape).describe('In the whole cache')
  }),
  errors: ['STORAGE_FAILED', 'CANCELLED'],
  limits: { timeoutMs: 600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Nothing has expired',
      before: [example],
      input: {},
      output: { expired: 0, too_old: 0, put_out: 0, left: { entries: 1 } }
    },
    {
      title: 'To nothing',
      before: [example],
      input: { cache_type: 'site', max_size_mb: 0 },
      output: { put_out: 1, left: { entries: 0, size_bytes: 0 } }
    }
  ],
  async run({ cache_type, strategy, max_size_mb, max_age_hours }, { services: { cache }, signal, progress }) {
    const trimmed = await cache.trim({
      namespace: cache_type,
      first: strategy === 'size' ? 'largest' : 'oldest',
      maxBytes: max_size_mb === undefined ? undefined : Math.floor(max_size_mb * MIB),
      maxAgeMs: max_age_hours === undefined ? undefined : max_age_hours * 3_600_000,
      onProgress: (done, total) => progress(done, total, 'entries looked at'),
      signal
    })
    const { entries, bytes } = cache.size()
    return {
      expired: trimmed.expired,
      too_old: trimmed.tooOld,
      put_out: trimmed.putOut,
      freed_bytes: trimmed.freedBytes,
      left: { entries, size_bytes: bytes }
    }
  }
})
