/**
 * Content-addressed blocks, and what is built of them: UnixFS files and directories, DAG-CBOR and DAG-JSON values, CARs.
 *
 * Guarantees:
 * - Every block that comes in (CAR, `put`) and every block read is checked against its CID: CID_MISMATCH.
 * - Import defaults are fixed: CIDv1, raw leaves, 256 KiB chunks, at most 174 links a node, balanced, sha2-256; so the same
 *   bytes always have the same CID. With these and with all other options it is the one Kubo gives for the same.
 * - An import that fails or is aborted leaves nothing pinned and no root; a CAR that is cut or damaged leaves no block behind.
 * - Garbage collection never removes a block reachable from a pin, nor one that belongs to an operation still under way.
 * - With the files implementation, what a call has answered survives a killed process: a pin is synced to disk after its blocks.
 * - In a Kubo daemon, which others use as well, an answer comes when its datastore has what was answered, and their pins and files
 *   count as ours in a collection. SERVICE_UNAVAILABLE while it cannot be reached.
 * - An aborted signal ends an operation with the signal's reason.
 */
import type { CID } from '../../core/cid.ts'
import type { Startable } from '../../core/startable.ts'
import type { ImportOptions } from '../../domain/unixfs/import-options.ts'

declare module '../../core/tool.ts' {
  interface Services {
    blocks: Blocks
  }
}

export interface BlocksOptions {
  signal?: AbortSignal
}

export interface Blocks extends Startable {
  /** Stores one block. CID_MISMATCH if the bytes are not those of the CID. */
  put(cid: CID, bytes: Uint8Array, options?: BlocksOptions): Promise<void>
  /** NOT_FOUND if it is not here. */
  get(cid: CID, options?: BlocksOptions): Promise<Uint8Array>
  has(cid: CID): Promise<boolean>

  /** Imports one UnixFS file. */
  addFile(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: AddOptions): Promise<Added>
  /** Imports entries with relative paths (`/` between segments) as one UnixFS directory. */
  addDirectory(files: AsyncIterable<DirectoryEntry> | Iterable<DirectoryEntry>, options?: AddOptions): Promise<Added>

  /** The bytes of a UnixFS file or raw block. Ranges are pushed down to the blocks that hold them. */
  cat(cid: CID, path?: readonly string[], options?: RangeOptions): AsyncIterable<Uint8Array>
  /** The entries of a UnixFS directory, in its own order. INVALID_INPUT if it is a file. */
  ls(cid: CID, path?: readonly string[], options?: BlocksOptions): AsyncIterable<Entry>
  stat(cid: CID, path?: readonly string[], options?: BlocksOptions): Promise<Stat>

  /** What a path leads to, without a look at what lies below it. */
  find(cid: CID, path?: readonly string[], options?: BlocksOptions): Promise<Found>

  /** Stores a value of the IPLD data model (links are `{ "/": "<cid>" }`, bytes `{ "/": { "bytes": "<base64>" } }`). */
  dagPut(value: unknown, options?: DagPutOptions): Promise<CID>
  /** Reads a value, following the path through links. In the same form as `dagPut` takes. */
  dagGet(cid: CID, path?: readonly string[], options?: BlocksOptions): Promise<unknown>

  /** Pins a root. `recursive` (default) demands that every block below it is here: NOT_FOUND names the missing one. */
  pin(cid: CID, options?: PinOptions): Promise<void>
  /** NOT_FOUND if it was not pinned. */
  unpin(cid: CID): Promise<void>
  /** In the order of the CID's text, starting after `after`. */
  listPins(options?: { type?: PinType; after?: string; limit?: number }): Promise<{ pins: Pin[]; total: number }>

  /** Removes what no pin and no running operation reaches. */
  gc(options?: { dryRun?: boolean; signal?: AbortSignal }): Promise<GcResult>

  /** A CARv1 of everything reachable from the root, each block once, depth first. */
  exportCar(root: CID, options?: BlocksOptions): AsyncIterable<Uint8Array>
  /** A CARv1 of what a path names and of the blocks that lead there, each once, in the order in which a reader meets them. */
  exportCarPart(root: CID, path?: readonly string[], options?: CarPartOptions): AsyncIterable<Uint8Array>
  /** Imports a CARv1, verified and complete or not at all. BAD_DATA if it is cut or malformed. */
  importCar(bytes: AsyncIterable<Uint8Array>, options?: ImportCarOptions): Promise<ImportedCar>

  /** Holds back garbage collection of everything added or read until disposed. */
  hold(): AsyncDisposable
}

/** What Kubo makes of the same options has the same CIDs. INVALID_INPUT for options that contradict each other. */
export interface AddOptions extends BlocksOptions, ImportOptions {
  /** Pins the root when everything is stored. Default none. */
  pin?: PinType
  onProgress?: (bytesDone: number) => void
}

export interface RangeOptions extends BlocksOptions {
  /** First byte. Default 0. */
  offset?: number
  /** Default to the end. */
  length?: number
}

export interface CarPartOptions extends BlocksOptions {
  /** One block; the file or the listing of the directory; or (default) everything below. */
  scope?: 'block' | 'entity' | 'all'
  /** First byte of a file wanted, from its end if below 0. Only with the scope `entity`. Default 0. */
  from?: number
  /** Last byte wanted, from the end if below 0. Default the last of the file. */
  to?: number | undefined
}

/** A file, or else a directory that has nothing in it, or a symbolic link. */
export type DirectoryEntry = FileEntry | { path: string; kind: 'directory' } | { path: string; target: string }

export interface FileEntry {
  path: string
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

export interface Added {
  cid: CID
  /** Of the content, without the DAG around it. */
  sizeBytes: number
  /** Files imported. */
  files: number
}

export interface Entry {
  name: string
  cid: CID
  type: 'file' | 'directory' | 'raw'
  sizeBytes: number
}

export interface Stat {
  cid: CID
  type: 'file' | 'directory' | 'raw' | 'dag'
  codec: string
  /** Of the content; for a directory the sum of its files. */
  sizeBytes: number
  /** Blocks reachable from here, and their bytes, each counted once; only those here are counted. */
  blocks: number
  dagSizeBytes: number
  isComplete: boolean
}

export type Found = Pick<Stat, 'cid' | 'type'> & {
  /** Of the content, unless it is a directory. */
  sizeBytes: number | undefined
}

export interface DagPutOptions extends BlocksOptions {
  codec?: 'dag-cbor' | 'dag-json'
  pin?: PinType
}

export type PinType = 'direct' | 'recursive'

export interface PinOptions extends BlocksOptions {
  type?: PinType
}

export interface Pin {
  cid: CID
  type: PinType
}

export interface GcResult {
  removedBlocks: number
  removedBytes: number
  keptBlocks: number
}

export interface ImportCarOptions extends BlocksOptions {
  /** Pins every root. Default none. */
  pin?: PinType
}

export interface ImportedCar {
  roots: CID[]
  blocks: number
  sizeBytes: number
}
