/** Blocks and pins in a Kubo daemon, which others may use at the same time. Only what is on trial lies here. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CID } from '../../../core/cid.ts'
import { AppError } from '../../../core/errors.ts'
import type { BlockStorage } from '../storage.ts'
import { createKuboBlockstore, sizeOf } from './blockstore.ts'
import { createKuboPins } from './pins.ts'
import { connectKubo, type KuboRpc, type KuboSettings, namedCid } from './rpc.ts'
import { createKuboStage } from './stage.ts'

/** Keeps what is on trial below `directory`. */
export function createKuboStorage(settings: KuboSettings, directory: string): BlockStorage {
  const partial = join(directory, 'partial')
  let connected: KuboRpc | undefined
  const rpc = () => {
    if (connected) return connected
    throw new AppError('SERVICE_UNAVAILABLE', 'The block store is not running; start it first')
  }

  return {
    blocks: createKuboBlockstore(rpc),
    pins: createKuboPins(rpc),
    stage: () => createKuboStage(rpc, partial),
    sizeOf: async cid => (await sizeOf(rpc(), cid)) ?? 0,
    // Kubo answers a write when its datastore has it.
    sync: async () => {},

    async open() {
      await rm(partial, { recursive: true, force: true })
      await mkdir(partial, { recursive: true, mode: 0o700 })
      connected = await connectKubo(settings)
    },
    close: async () => connected?.close(),

    /** What `ipfs files` shows is in use, though nothing pins it. */
    async otherRoots(): Promise<CID[]> {
      const { Hash: root } = await rpc().value('files/stat', { arg: '/', hash: true })
      return [namedCid(root)]
    }
  }
}
