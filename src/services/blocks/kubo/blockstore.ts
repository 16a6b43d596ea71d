/** The blocks of a Kubo daemon. It keeps them by multihash, as every storage here does. */
import { BaseBlockstore } from 'blockstore-core'
import type { Blockstore } from 'interface-blockstore'
import { CID, CODEC, HASH } from '../../../core/cid.ts'
import { AppError } from '../../../core/errors.ts'
import { MAX_BLOCK_BYTES } from '../store.ts'
import { isNotFound, type KuboRpc, namedCid } from './rpc.ts'

const HASH_NAMES = new Map<number, string>([
  [HASH.sha256, 'sha2-256'],
  [HASH.sha512, 'sha2-512']
])

export function createKuboBlockstore(rpc: () => KuboRpc): Blockstore {
  return new KuboBlockstore(rpc)
}

class KuboBlockstore extends BaseBlockstore {
  readonly #rpc: () => KuboRpc

  constructor(rpc: () => KuboRpc) {
    super()
    this.#rpc = rpc
  }

  override async put(...[cid, value, options]: Parameters<Blockstore['put']>): Promise<CID> {
    const bytes = value instanceof Uint8Array ? value : Buffer.concat(await Array.fromAsync(value))
    const mhtype = HASH_NAMES.get(cid.multihash.code)
    if (mhtype === undefined) throw new AppError('UNSUPPORTED', `The hash function of ${cid} is not supported`)
    // As raw, since Kubo would refuse to store what it cannot decode; the hash does not cover the codec.
    const args = { 'cid-codec': 'raw', mhtype, pin: false, 'allow-big-block': true }
    const { Key: key } = await this.#rpc().value('block/put', args, { file: [bytes], signal: options?.signal })
    const stored = namedCid(key)
    if (sameBytes(stored, cid)) return cid
    throw new AppError('STORAGE_FAILED', `Kubo stored block ${cid} under another name: ${stored}`)
  }

  override async *get(...[cid, options]: Parameters<Blockstore['get']>): AsyncGenerator<Uint8Array> {
    const args = { arg: String(asRaw(cid)) }
    try {
      yield await this.#rpc().bytes('block/get', args, MAX_BLOCK_BYTES, { signal: options?.signal })
    } catch (cause) {
      // By this name the interface knows it.
      throw isNotFound(cause) ? Object.assign(new Error('Not found', { cause }), { name: 'NotFoundError' }) : cause
    }
  }

  override async has(...[cid, options]: Parameters<Blockstore['has']>): Promise<boolean> {
    return (await sizeOf(this.#rpc(), cid, options?.signal)) !== undefined
  }

  /** A pinned block stays, whoever pinned it: Kubo sees to that under its own lock. */
  override async delete(...[cid, options]: Parameters<Blockstore['delete']>): Promise<void> {
    const args = { arg: String(asRaw(cid)), force: true }
    for await (const { Error: error } of this.#rpc().values('block/rm', args, {
      signal: options?.signal,
      isLong: true
    })) {
      if (typeof error === 'string' && error !== '' && !/pinned/.test(error)) {
        throw new AppError('STORAGE_FAILED', `Kubo could not remove ${cid}: ${error.slice(0, 500)}`)
      }
    }
  }

  override async *getAll(...[options]: Parameters<Blockstore['getAll']>): ReturnType<Blockstore['getAll']> {
    for await (const { Ref: ref } of this.#rpc().values('refs/local', {}, { signal: options?.signal, isLong: true })) {
      const cid = asRaw(namedCid(ref))
      yield { cid, bytes: this.get(cid, options) }
    }
  }
}

/** `undefined` if it is not here. */
export async function sizeOf(rpc: KuboRpc, cid: CID, signal?: AbortSignal): Promise<number | undefined> {
  try {
    const { Size: size } = await rpc.value('block/stat', { arg: String(asRaw(cid)) }, { signal })
    return Number(size)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const asRaw = (cid: CID) => CID.createV1(CODEC.raw, cid.multihash)

const sameBytes = (a: CID, b: CID) => Buffer.compare(a.multihash.bytes, b.multihash.bytes) === 0
