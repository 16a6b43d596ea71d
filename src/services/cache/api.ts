/**
 * A bounded cache of JSON values under keys of the caller's choice, each with a time to live.
 *
 * Guarantees (held by the suite in `test/suites/cache.ts`):
 * - A value is answered as it was set, until it expires, is deleted, or is put out; a stored null is a value like any other.
 * - There are never more entries or bytes than the limits: those that were used longest ago are put out, never the one just set.
 * - Calls for one key take effect in the order in which they were made.
 * - With a directory, what `set` answered survives the process, its time to live with it. After a power cut an entry is whole or
 *   absent, and a damaged one is absent.
 * - It is a cache: whoever needs a value kept stores it elsewhere.
 *
 * Times are milliseconds, points in time since 1970 by the wall clock.
 */
import type { Startable } from '../../core/startable.ts'

declare module '../../core/tool.ts' {
  interface Services {
    cache: Cache
  }
}

/** Of the JSON of one value. */
export const MAX_VALUE_BYTES = 1024 * 1024

export interface Cache extends Startable {
  /** Undefined if there is none, or it has expired. */
  get(key: string): Promise<CacheHit | undefined>
  has(key: string): Promise<boolean>
  /** TOO_LARGE beyond MAX_VALUE_BYTES or the limit of the whole cache. Without `ttlMs`, or with one of 0 or less, it never expires. */
  set(key: string, value: unknown, options?: { ttlMs?: number }): Promise<{ expiresAt?: number }>
  /** Whether there was a value. */
  delete(key: string): Promise<boolean>
  size(): { entries: number; bytes: number }
}

export interface CacheHit {
  value: unknown
  expiresAt?: number
}

export interface CacheLimits {
  maxEntries: number
  /** Of the entries as they are stored, keys included. */
  maxBytes: number
}
