/**
 * The seam under the blocks service: where bytes and pins lie. It knows nothing of DAGs, holds or verification, so that a
 * new place to store blocks is one small file.
 */
import type { Blockstore } from 'interface-blockstore'
import type { CID } from '../../core/cid.ts'
import type { Pin, PinType } from './api.ts'

export interface BlockStorage {
  open(): Promise<void>
  /** Keyed by multihash: the codec of a CID makes no difference here. */
  readonly blocks: Blockstore
  readonly pins: PinStorage
  /** Resolves when every block put before survives a power cut. */
  sync(): Promise<void>
  /** A private place for blocks that may yet turn out to be worthless. */
  stage(): Promise<Stage>
  /** Bytes that a block takes, sound or not; 0 if it is not here. */
  sizeOf(cid: CID): Promise<number>
  /** What others use that share this storage, without a pin. */
  otherRoots?(): Promise<CID[]>
  /** Ends what is under way, with CANCELLED. */
  close?(): Promise<void>
}

/** Blocks on trial: `publish` moves them among the others, disposing without it removes them. */
export interface Stage extends AsyncDisposable {
  put(cid: CID, bytes: Uint8Array): Promise<void>
  get(cid: CID): Promise<Uint8Array | undefined>
  publish(): Promise<void>
}

export interface PinStorage {
  /** How a CID is pinned now. There where others change the pins as well, so that what was loaded may be out of date. */
  typeOf?(cid: CID): Promise<PinType | undefined>
  load(): Promise<Pin[]>
  /** Resolves when the pin survives a power cut. */
  save(pin: Pin): Promise<void>
  remove(cid: CID): Promise<void>
}

/** One text for all CIDs of the same bytes under the same hash function. */
export const keyOf = (cid: CID): string => Buffer.from(cid.multihash.bytes).toString('base64url')
