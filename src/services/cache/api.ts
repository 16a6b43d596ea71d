/**
 * A bounded cache of JSON values under keys of the caller's choice, each with a time to live.
 *
 * Guarantees (held by the suite in `test/suites/cache.ts`):
 * - A value is answered as it was set, until it expires, is deleted, or is put out; a stored null is a value like any other.
 * - There are never more entries or bytes than the limits: those that were used longest ago are put out, never the one just set.
 * - Calls for one key take effect in the order in which they were made.
 * - With a directory, what `set` answered survives the process, its time to live with it. After a power cut an entry is whole or
 *   absent, and a damaged one is absent.
 * - Keys of one namespace are told from the same keys of another; whoever names none uses `default`.
 * - Counters tell what happened since the start of the service, and are never estimated.
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

export const DEFAULT_NAMESPACE = 'default'

export interface KeyOptions {
  namespace?: string | undefined
}

export interface Cache extends Startable {
  /** Undefined if there is none, or it has expired. */
  get(key: string, options?: KeyOptions): Promise<CacheHit | undefined>
  has(key: string, options?: KeyOptions): Promise<boolean>
  /** TOO_LARGE beyond MAX_VALUE_BYTES or the limit of the whole cache. Without `ttlMs`, or with one of 0 or less, it never expires. */
  set(key: string, value: unknown, options?: KeyOptions & { ttlMs?: number }): Promise<{ expiresAt?: number }>
  /** Whether there was a value. */
  delete(key: string, options?: KeyOptions): Promise<boolean>
  /** Removes all of a namespace, and answers what that was. */
  clear(namespace: string, options?: { signal?: AbortSignal }): Promise<CacheSize>
  /** Removes what has expired or is too old, then puts out entries until the rest fits. What it did until an abort stays done. */
  trim(options?: TrimOptions): Promise<Trimmed>
  size(): CacheSize
  counters(): CacheCounters
  limits(): CacheLimits
  /** In the order of their names. */
  namespaces(): Promise<NamespaceSize[]>
}

export interface CacheSize {
  entries: number
  bytes: number
}

export interface NamespaceSize extends CacheSize {
  namespace: string
}

export interface CacheCounters {
  hits: number
  misses: number
  sets: number
  deletes: number
  /** Found to be past their time. */
  expired: number
  /** Made room for others. */
  putOut: number
}

export interface TrimOptions {
  /** Default every namespace. */
  namespace?: string | undefined
  /** Default the limit of the cache. */
  maxBytes?: number | undefined
  /** Since they were set. Entries of unknown age stay. */
  maxAgeMs?: number | undefined
  /** Which go first where too much is left: those used longest ago (default), or the largest. */
  first?: 'oldest' | 'largest' | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((done: number, total: number) => void) | undefined
}

export interface Trimmed {
  expired: number
  tooOld: number
  putOut: number
  freedBytes: number
}

export interface CacheHit {
  value: unknown
  expiresAt?: number
}

/** Looked at whenever they count, so that they may change. */
export interface CacheLimits {
  readonly maxEntries: number
  /** Of the entries as they are stored, keys included. */
  readonly maxBytes: number
}
