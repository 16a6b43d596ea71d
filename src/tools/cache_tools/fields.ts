/** What the tools of the cache share. Times are ISO 8601. */
import { z } from 'zod'
import type { Cache } from '../../services/cache/api.ts'

const YEARS_100_S = 3_155_760_000
export const EMBEDDINGS = 'embeddings'

export const keyField = () => z.string().min(1).max(1024)
export const namespaceField = () => z.string().min(1).max(256)
export const ttlField = () =>
  z.number().min(0).max(YEARS_100_S).nullable().default(null).describe('Seconds that it is kept; null or 0 for no end')

export const hitShape = {
  hit: z.boolean(),
  value: z.unknown().describe('null without a hit; a hit may be null as well'),
  expires_at: z.string().nullable()
}
export const sizeShape = { entries: z.int(), size_bytes: z.int() }
export const countersSchema = z
  .object({
    hits: z.int(),
    misses: z.int(),
    sets: z.int(),
    deletes: z.int(),
    expired: z.int(),
    put_out: z.int().describe('Made room for others'),
    hit_rate: z.number().nullable().describe('Of all reads; null before the first')
  })
  .describe('Of all namespaces, since the cache started')

export const toTime = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
export const toTtlMs = (seconds: number | null | undefined): number => (seconds ?? 0) * 1000

export async function readHit(cache: Cache, key: string, namespace: string) {
  const hit = await cache.get(key, { namespace })
  return { hit: hit !== undefined, value: hit?.value ?? null, expires_at: toTime(hit?.expiresAt) }
}

export function countersOf(cache: Cache): z.output<typeof countersSchema> {
  const { putOut, ...counters } = cache.counters()
  const reads = counters.hits + counters.misses
  return { ...counters, put_out: putOut, hit_rate: reads === 0 ? null : counters.hits / reads }
}

export function limitsOf(cache: Cache) {
  const { maxEntries, maxBytes } = cache.limits()
  return { max_entries: maxEntries, max_bytes: maxBytes }
}
export const limitsSchema = z.object({ max_entries: z.int(), max_bytes: z.int() })

/** One key for a text and the model that its vector is of. */
export const embeddingKey = (text: string, model: string): string => JSON.stringify([model, text])

/** How an example puts something there. */
export const example = { tool: 'cache_set', args: { key: 'page', value: { title: 'Home' }, namespace: 'site' } }
