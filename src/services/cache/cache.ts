/** The cache over any store of entries: what is there, in the order of its last use, is known in memory; values are in the store. */
import { canonicalize } from '../../core/canonical.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { createLifecycle } from '../../core/startable.ts'
import { type Cache, type CacheHit, type CacheLimits, DEFAULT_NAMESPACE, MAX_VALUE_BYTES } from './api.ts'
import { nameOf, prefixIn, prefixOf } from './entry-name.ts'
import type { Entry, EntryStore } from './entry-store.ts'
import { trimEntries } from './trim.ts'

export interface CacheOptions {
  entries: EntryStore
  clock: Clock
  limits: CacheLimits
}

export function createCacheOver({ entries, clock, limits }: CacheOptions): Cache {
  /** Bytes of each entry, the one that was used longest ago first. */
  const known = new Map<string, number>()
  const turns = new Map<string, Promise<unknown>>()
  const counters = { hits: 0, misses: 0, sets: 0, deletes: 0, expired: 0, putOut: 0 }
  let bytes = 0
  let isOpen = false

  const lifecycle = createLifecycle(
    async () => {
      known.clear()
      bytes = 0
      for (const entry of await entries.open()) note(entry.name, entry.bytes)
      isOpen = true
      await putOut()
    },
    async () => {
      isOpen = false
      await Promise.allSettled(turns.values())
    }
  )

  /** One call after the other for one name. */
  async function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    if (!isOpen) throw new AppError('SERVICE_UNAVAILABLE', 'The cache has stopped')
    const turn = (turns.get(name) ?? Promise.resolve()).then(work, work)
    turns.set(name, turn)
    try {
      return await turn
    } finally {
      if (turns.get(name) === turn) turns.delete(name)
    }
  }

  function note(name: string, size: number): void {
    forget(name)
    known.set(name, size)
    bytes += size
  }

  function forget(name: string): void {
    bytes -= known.get(name) ?? 0
    known.delete(name)
  }

  async function drop(name: string): Promise<void> {
    forget(name)
    await entries.remove(name)
  }

  /** What is asked for, as used just now; what has expired or is damaged goes. */
  async function find(name: string, key: string): Promise<CacheHit | undefined> {
    const size = known.get(name)
    if (size === undefined) return undefined
    const entry = await entries.read(name)
    if (!entry || entry.key !== key || hasExpired(entry)) {
      if (entry && hasExpired(entry)) counters.expired++
      await drop(name)
      return undefined
    }
    // A name that was put out meanwhile stays out.
    if (known.has(name)) note(name, size)
    return { value: entry.value, ...(entry.expiresAt !== undefined && { expiresAt: entry.expiresAt }) }
  }

  const hasExpired = ({ expiresAt }: Entry): boolean => expiresAt !== undefined && expiresAt <= clock.now()

  async function putOut(except?: string): Promise<void> {
    for (const name of known.keys()) {
      if (known.size <= limits.maxEntries && bytes <= limits.maxBytes) return
      if (name === except) continue
      forget(name)
      counters.putOut++
      // In its own turn, lest it removes what somebody sets under this name right now.
      await inTurn(name, async () => {
        if (!known.has(name)) await entries.remove(name)
      })
    }
  }

  return {
    ...lifecycle,
    async get(key, options) {
      const name = nameOf(key, options)
      const hit = await inTurn(name, () => find(name, key))
      counters[hit ? 'hits' : 'misses']++
      return hit
    },
    async has(key, options) {
      const name = nameOf(key, options)
      return (await inTurn(name, () => find(name, key))) !== undefined
    },
    async set(key, value, { ttlMs = 0, namespace = DEFAULT_NAMESPACE } = {}) {
      const name = nameOf(key, { namespace })
      const setAt = clock.now()
      const expiresAt = ttlMs > 0 ? setAt + ttlMs : undefined
      const named = namespace === DEFAULT_NAMESPACE ? {} : { namespace }
      const entry = { key, ...named, setAt, ...(expiresAt !== undefined && { expiresAt }), value: checked(value) }
      const text = JSON.stringify(entry)
      const size = Buffer.byteLength(text)
      if (size > limits.maxBytes) throw tooLarge(size, limits.maxBytes)
      await inTurn(name, async () => {
        await entries.write(name, text)
        note(name, size)
      })
      counters.sets++
      await putOut(name)
      return expiresAt === undefined ? {} : { expiresAt }
    },
    async delete(key, options) {
      const name = nameOf(key, options)
      const isThere = await inTurn(name, async () => {
        const hit = await find(name, key)
        if (hit) await drop(name)
        return hit !== undefined
      })
      if (isThere) counters.deletes++
      return isThere
    },
    async clear(namespace, { signal } = {}) {
      const prefix = prefixOf(namespace)
      const cleared = { entries: 0, bytes: 0 }
      for (const [name, size] of [...known]) {
        if (prefixIn(name) !== prefix) continue
        signal?.throwIfAborted()
        await inTurn(name, () => drop(name))
        cleared.entries++
        cleared.bytes += size
      }
      counters.deletes += cleared.entries
      return cleared
    },
    async trim({ namespace, maxBytes = limits.maxBytes, ...options } = {}) {
      const prefix = namespace === undefined ? undefined : prefixOf(namespace)
      const isMeant = (name: string) => prefix === undefined || prefixIn(name) === prefix
      const trimmed = await trimEntries(
        {
          known: () => [...known].filter(([name]) => isMeant(name)),
          read: name => inTurn(name, () => entries.read(name)),
          drop: name => inTurn(name, () => drop(name)),
          now: clock.now()
        },
        { ...options, maxBytes }
      )
      counters.expired += trimmed.expired
      counters.putOut += trimmed.putOut
      await putOut()
      return trimmed
    },
    size: () => ({ entries: known.size, bytes }),
    counters: () => ({ ...counters }),
    limits: () => ({ maxEntries: limits.maxEntries, maxBytes: limits.maxBytes }),
    async namespaces() {
      const found = new Map<string, { namespace: string | undefined; entries: number; bytes: number }>()
      for (const [name, size] of [...known]) {
        const prefix = prefixIn(name)
        const one = found.get(prefix) ?? {
          namespace: prefix === '' ? DEFAULT_NAMESPACE : undefined,
          entries: 0,
          bytes: 0
        }
        found.set(prefix, one)
        one.entries++
        one.bytes += size
        // Any entry that can be read tells the name.
        one.namespace ??= (await inTurn(name, () => entries.read(name)))?.namespace
      }
      return [...found.values()]
        .flatMap(({ namespace, ...size }) => (namespace === undefined ? [] : [{ namespace, ...size }]))
        .sort((a, b) => (a.namespace < b.namespace ? -1 : 1))
    }
  }
}

function checked(value: unknown): unknown {
  const size = Buffer.byteLength(canonicalize(value))
  if (size > MAX_VALUE_BYTES) throw tooLarge(size, MAX_VALUE_BYTES)
  return value
}

function tooLarge(size: number, limit: number): AppError {
  return new AppError(
    'TOO_LARGE',
    `The value has ${size} bytes of JSON, and one of the cache has at most ${limit}; store it with ipfs_add and keep its CID here`,
    { details: { size_bytes: size, limit_bytes: limit } }
  )
}
