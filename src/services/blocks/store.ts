/**
 * Verified reads and writes, and what makes them safe beside garbage collection. Every operation runs inside `run` or
 * `iterate`: it says where it starts, waits for a collection under way, and is a root for the next one until it ends.
 */

import { type CID, HASH, verifyBlock } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { BlocksOptions } from './api.ts'
import { type BlockStorage, keyOf, type Stage } from './storage.ts'

/** What other implementations exchange at most as one block; larger ones would be of no use to them. */
export const MAX_BLOCK_BYTES = 2 * 1024 * 1024

/** What an operation may do with blocks. Each step ends with the signal's reason once it is aborted. */
export interface Operation {
  readonly signal: AbortSignal | undefined
  read(cid: CID): Promise<Uint8Array>
  has(cid: CID): Promise<boolean>
  write(cid: CID, bytes: Uint8Array): Promise<void>
  /** Moves staged blocks in, as if each had been written. */
  publish(stage: Stage, cids: Iterable<CID>): Promise<void>
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>
}

export interface Collection extends Operation {
  /** Where running operations, holds and others that share the storage start. */
  roots(): Promise<CID[]>
  all(): AsyncIterable<CID>
  /** Removes a block, unless something has touched it since; says whether it did. */
  remove(cid: CID): Promise<boolean>
  isHeld(cid: CID): boolean
  /** Bytes that a block takes, sound or not. */
  sizeOf(cid: CID): Promise<number>
}

export type Store = ReturnType<typeof createStore>

type Held = Map<string, CID>

const ignore = () => {}

export function createStore(storage: BlockStorage) {
  /** What each running operation started from and wrote. */
  const running = new Set<Held>()
  /** Wide holds see the reads and writes of everybody. */
  const holds = new Set<Held>()
  const removing = new Map<string, Promise<void>>()
  const unfinished = new Set<Promise<unknown>>()
  let collecting: Promise<unknown> | undefined
  let stopReason: AppError | undefined

  const touch = (cid: CID, own?: Held) => {
    const key = keyOf(cid)
    own?.set(key, cid)
    for (const hold of holds) hold.set(key, cid)
    return removing.get(key)
  }

  const isHeld = (cid: CID) => {
    const key = keyOf(cid)
    return [...running, ...holds].some(held => held.has(key))
  }

  const load = async (cid: CID, options?: BlocksOptions): Promise<Uint8Array | undefined> => {
    const parts: Uint8Array[] = []
    try {
      for await (const part of storage.blocks.get(cid, options)) parts.push(part)
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundError') return undefined
      throw error
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
  }

  const isIntact = async (cid: CID, options?: BlocksOptions): Promise<boolean> => {
    const bytes = await load(cid, options)
    try {
      if (bytes) verifyBlock(cid, bytes)
      return bytes !== undefined
    } catch {
      return false
    }
  }

  const createOperation = (own: Held, signal: AbortSignal | undefined): Operation & { settle(): Promise<unknown> } => {
    const writes = new Set<Promise<void>>()
    const options = signal && { signal }
    const check = () => {
      signal?.throwIfAborted()
      if (stopReason) throw stopReason
    }
    const write = async (cid: CID, bytes: Uint8Array) => {
      await touch(cid, own)
      // An intact copy is kept; a damaged one is healed by whoever brings the bytes again.
      if (!(await isIntact(cid, options))) await storage.blocks.put(cid, bytes, options)
    }
    return {
      signal,
      sync: () => storage.sync(),
      settle: () => Promise.allSettled(writes),
      async read(cid) {
        check()
        if (cid.multihash.code === HASH.identity) return cid.multihash.digest
        await touch(cid)
        const bytes = await load(cid, options)
        if (!bytes)
          throw new AppError('NOT_FOUND', `Block ${cid} is not here; import a CAR that holds it or add its content`)
        verifyBlock(cid, bytes)
        return bytes
      },
      async has(cid) {
        check()
        if (cid.multihash.code === HASH.identity) return true
        await touch(cid)
        return storage.blocks.has(cid, options)
      },
      async write(cid, bytes) {
        check()
        refuseOversize(cid, bytes.byteLength)
        if (cid.multihash.code === HASH.identity) return
        const writing = write(cid, bytes)
        const settled = writing.finally(() => writes.delete(settled))
        writes.add(settled)
        return settled
      },
      async publish(stage, cids) {
        check()
        await Promise.all(Array.from(cids, cid => touch(cid, own)))
        await stage.publish()
      }
    }
  }

  const begin = async (roots: readonly CID[], signal?: AbortSignal) => {
    signal?.throwIfAborted()
    while (collecting) await collecting
    if (stopReason) throw stopReason
    const own: Held = new Map(roots.map(cid => [keyOf(cid), cid]))
    for (const cid of roots) void touch(cid)
    running.add(own)
    const operation = createOperation(own, signal)
    // An importer that failed leaves writes in flight; the operation ends, and its hold with it, after them.
    const end = async () => {
      await operation.settle()
      running.delete(own)
    }
    return { operation, end }
  }

  return {
    /** Runs an operation that starts at `roots` and may read everything below them. */
    run<T>(
      roots: readonly CID[],
      signal: AbortSignal | undefined,
      work: (operation: Operation) => Promise<T>
    ): Promise<T> {
      const done = (async () => {
        const { operation, end } = await begin(roots, signal)
        try {
          return await work(operation)
        } finally {
          await end()
        }
      })()
      const settled: Promise<unknown> = done.then(ignore, ignore).then(() => unfinished.delete(settled))
      unfinished.add(settled)
      return done
    },

    async *iterate<T>(
      roots: readonly CID[],
      signal: AbortSignal | undefined,
      work: (operation: Operation) => AsyncIterable<T>
    ): AsyncGenerator<T> {
      const { operation, end } = await begin(roots, signal)
      try {
        yield* work(operation)
      } finally {
        await end()
      }
    },

    /** Runs a collection alone: operations that have begun go on, new ones wait. */
    async collect<T>(signal: AbortSignal | undefined, work: (collection: Collection) => Promise<T>): Promise<T> {
      while (collecting) await collecting
      const before = [...running, ...holds].flatMap(held => [...held.values()])
      const touched: Held = new Map()
      holds.add(touched)
      const options = signal && { signal }
      const collection: Collection = {
        ...createOperation(touched, signal),
        isHeld,
        roots: async () => [...before, ...((await storage.otherRoots?.()) ?? [])],
        read: async cid => {
          signal?.throwIfAborted()
          if (cid.multihash.code === HASH.identity) return cid.multihash.digest
          const bytes = await load(cid, options)
          if (!bytes) throw new AppError('NOT_FOUND', `Block ${cid} is not here`)
          verifyBlock(cid, bytes)
          return bytes
        },
        has: async cid => cid.multihash.code === HASH.identity || storage.blocks.has(cid, options),
        sizeOf: cid => storage.sizeOf(cid),
        async *all() {
          for await (const { cid } of storage.blocks.getAll()) yield cid
        },
        async remove(cid) {
          if (isHeld(cid)) return false
          const removal = Promise.resolve(storage.blocks.delete(cid))
          const key = keyOf(cid)
          // Whoever touches the block from now on waits for its end, and finds it gone.
          removing.set(key, removal)
          await removal.finally(() => removing.delete(key))
          return true
        }
      }
      const done = work(collection).finally(() => {
        holds.delete(touched)
        collecting = undefined
      })
      collecting = done.catch(() => {})
      return done
    },

    hold(): AsyncDisposable {
      const held: Held = new Map()
      holds.add(held)
      return { [Symbol.asyncDispose]: async () => void holds.delete(held) }
    },

    stage: () => storage.stage(),

    /** Ends what runs at its next step, and waits for it; a stream ends when its reader asks for more. */
    async stop() {
      stopReason = new AppError('CANCELLED', 'The blocks service is stopping; call again once it has started')
      await Promise.all([...unfinished, collecting])
    }
  }
}

export function refuseOversize(cid: CID, sizeBytes: number): void {
  if (sizeBytes <= MAX_BLOCK_BYTES) return
  throw new AppError('TOO_LARGE', `Block ${cid} has ${sizeBytes} bytes; a block has at most ${MAX_BLOCK_BYTES}`)
}
