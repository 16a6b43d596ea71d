/** The block half of the files storage: blockstore-fs with durable writes, and stages that publish by renaming. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { FsBlockstore } from 'blockstore-fs'
import type { Blockstore } from 'interface-blockstore'
import { base32upper } from 'multiformats/bases/base32'
import * as Digest from 'multiformats/hashes/digest'
import { CID, CODEC } from '../../core/cid.ts'
import { hasCode } from '../../core/errors.ts'
import { type BlockStorage, keyOf, type Stage } from './storage.ts'
import { replaceFile, syncDirectory, writeSynced } from './synced-file.ts'

const EXTENSION = '.data'

/** How multihashes become file names. The one that comes with blockstore-fs reads back sha2-256 only. */
const shardingStrategy = {
  extension: EXTENSION,
  encode(cid: CID) {
    const name = base32upper.encode(cid.multihash.bytes)
    return { dir: name.slice(-2), file: `${name}${EXTENSION}` }
  },
  decode(path: string) {
    return CID.createV1(CODEC.raw, Digest.decode(base32upper.decode(basename(path, EXTENSION))))
  }
}

export function createBlockFiles(
  directory: string,
  partial: string
): Pick<BlockStorage, 'blocks' | 'sync' | 'stage' | 'sizeOf'> {
  const unsynced = new Set<string>()
  /** Shards that are known to be there: nothing ever removes one. */
  const shards = new Set<string>()
  let syncing: Promise<void> = Promise.resolve()

  const place = async (cid: CID): Promise<string> => {
    const { dir, file } = shardingStrategy.encode(cid)
    const shard = join(directory, dir)
    if (!shards.has(shard)) {
      if (await mkdir(shard, { recursive: true, mode: 0o700 })) unsynced.add(directory)
      shards.add(shard)
    }
    return join(shard, file)
  }

  /**
   * Reads a block as one piece, and tells one that is missing from a disk that fails.
   *
   * The bytes of a block are on the disk before its name appears, which costs one sync a block; the names are synced once
   * per operation, before it answers. So a block that can be seen is whole, and an answer or a pin never precedes its blocks.
   */
  class DurableBlockstore extends FsBlockstore {
    override async put(...[cid, value, options]: Parameters<Blockstore['put']>): Promise<CID> {
      options?.signal?.throwIfAborted()
      const bytes = value instanceof Uint8Array ? value : Buffer.concat(await Array.fromAsync(value))
      const path = await place(cid)
      await replaceFile(path, bytes, partial)
      unsynced.add(dirname(path))
      return cid
    }

    override async *get(...[cid, options]: Parameters<Blockstore['get']>): AsyncGenerator<Uint8Array> {
      options?.signal?.throwIfAborted()
      const { dir, file } = shardingStrategy.encode(cid)
      yield await readFile(join(directory, dir, file)).catch(cause => {
        // By this name the interface knows it.
        throw hasCode(cause, 'ENOENT')
          ? Object.assign(new Error('Not found', { cause }), { name: 'NotFoundError' })
          : cause
      })
    }
  }

  const flush = async () => {
    const directories = [...unsynced]
    unsynced.clear()
    try {
      for (const path of directories) await syncDirectory(path)
    } catch (error) {
      for (const path of directories) unsynced.add(path)
      throw error
    }
  }

  const sync = (): Promise<void> => {
    // One after the other: a flush under way may hold the very directory that this caller waits for.
    const done = syncing.then(flush)
    syncing = done.catch(() => {})
    return done
  }

  const stage = async (): Promise<Stage> => {
    const staging = join(partial, randomUUID())
    await mkdir(staging, { mode: 0o700 })
    const staged = new Map<string, CID>()
    return {
      async put(cid, bytes) {
        const key = keyOf(cid)
        if (staged.has(key)) return
        await writeSynced(join(staging, shardingStrategy.encode(cid).file), bytes)
        staged.set(key, cid)
      },
      async get(cid) {
        return staged.has(keyOf(cid)) ? readFile(join(staging, shardingStrategy.encode(cid).file)) : undefined
      },
      async publish() {
        for (const cid of staged.values()) {
          const path = await place(cid)
          await rename(join(staging, basename(path)), path)
          unsynced.add(dirname(path))
        }
        await sync()
      },
      [Symbol.asyncDispose]: () => rm(staging, { recursive: true, force: true })
    }
  }

  const sizeOf = async (cid: CID): Promise<number> => {
    const { dir, file } = shardingStrategy.encode(cid)
    const stats = await stat(join(directory, dir, file)).catch(error => {
      if (!hasCode(error, 'ENOENT')) throw error
    })
    return stats?.size ?? 0
  }

  return { blocks: new DurableBlockstore(directory, { shardingStrategy }), sync, stage, sizeOf }
}
