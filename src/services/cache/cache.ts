/** The cache over any store of entries: what is there, in the order of its last use, is known in memory; values are in the store. */
import { hash } from 'node:crypto'
import { canonicalize } from '../../core/canonical.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { createLifecycle } from '../../core/startable.ts'
import { type Cache, type CacheHit, type CacheLimits, MAX_VALUE_BYTES } from './api.ts'
import type { Entry, EntryStore } from './entry-store.ts'

export interface CacheOptions {
  entries: EntryStore
  clock: Clock
  limits: CacheLimits
}

export function createCacheOver({ entries, clock, limits }: CacheOptions): Cache {
  /** Bytes of each entry, the one that was used longest ago first. */
  const known = new Map<string, number>()
  const turns = new Map<string, Promise<unknown>>()
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
      // In its own turn, lest it removes what somebody sets under this name right now.
      await inTurn(name, async () => {
        if (!known.has(name)) await entries.remove(name)
      })
    }
  }

  return {
    ...lifecycle,
    get(key) {
      const name = nameOf(key)
      return inTurn(name, () => find(name, key))
    },
    async has(key) {
      return (await this.get(key)) !== undefined
    },
    async set(key, value, { ttlMs = 0 } = {}) {
      const name = nameOf(key)
      const expiresAt = ttlMs > 0 ? clock.now() + ttlMs : undefined
      const text = JSON.stringify({ key, ...(expiresAt !== undefined && { expiresAt }), value: checked(value) })
      const size = Buffer.byteLength(text)
      if (size > limits.maxBytes) throw tooLarge(size, limits.maxBytes)
      await inTurn(name, async () => {
        await entries.write(name, text)
        note(name, size)
      })
      await putOut(name)
      return expiresAt === undefined ? {} : { expiresAt }
    },
    delete(key) {
      const name = nameOf(key)
      return inTurn(name, async () => {
        const isThere = (await find(name, key)) !== undefined
        if (isThere) await drop(name)
        return isThere
      })
    },
    size: () => ({ entries: known.size, bytes })
  }
}

const nameOf = (key: string): string => hash('sha256', key)

/** @throws INVALID_INPUT for what has no JSON form or is nested too deep for its readers */
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
