/**
 * Objects in collections: bytes with metadata and tags, found again by them.
 *
 * Guarantees (held by the suite in `test/suites/objects.ts`):
 * - The bytes are content-addressed blocks; the id of an object is the CID of its record (collection, bytes, metadata, tags, form), so
 *   that the same object stored twice is one object. The record is pinned with all below it, so that no collection of garbage takes it.
 * - All or nothing: after a failure, an abort or a killed process an object is there whole, or neither it nor a pin of it is.
 * - What a call has answered survives a restart; each change of the index is synced to disk.
 * - Lists are in the order in which objects were stored; a cursor goes on behind the last one that was seen, whatever came or went meanwhile.
 * - Removing many is done one by one: what was removed before an abort stays removed.
 *
 * NOT_FOUND names the nearest collection. Sizes are bytes, times milliseconds since 1970.
 */
import type { Startable } from '../../core/startable.ts'

declare module '../../core/tool.ts' {
  interface Services {
    objects: Objects
  }
}

/** There from the start, and never removed. */
export const DEFAULT_COLLECTION = 'default'
export const COMPRESSIONS = ['none', 'gzip'] as const
export const FORMATS = ['text', 'json', 'binary'] as const

export interface ObjectsOptions {
  signal?: AbortSignal | undefined
}

export interface Objects extends Startable {
  /** ALREADY_EXISTS if there is one of this name. */
  createCollection(name: string, about?: About): Promise<Collection>
  /** Replaces what is given. */
  describeCollection(name: string, about: About): Promise<Collection>
  collection(name: string): Promise<Collection>
  /** In the order of their names, those behind `after`. */
  collections(options?: {
    after?: string | undefined
    limit?: number
  }): Promise<{ collections: Collection[]; total: number }>
  /** Answers how many objects went with it. INVALID_INPUT if it holds some and they are not to go, or if it is the default one. */
  removeCollection(name: string, options?: ObjectsOptions & { withItems?: boolean }): Promise<number>

  /** `isNew` is false if it was there already, which changes nothing. */
  put(object: NewObject, options?: ObjectsOptions): Promise<{ item: StoredObject; isNew: boolean }>
  /** Those of the ids that there are, in their order. */
  get(ids: readonly string[]): Promise<StoredObject[]>
  /** The bytes as they were stored, the first `length` of them. */
  read(item: StoredObject, options?: ObjectsOptions & { length?: number }): Promise<Buffer>
  find(query?: ObjectQuery): Promise<{ items: StoredObject[]; total: number; nextCursor: string | undefined }>
  /** Whether it was there. */
  remove(id: string): Promise<boolean>
}

export interface About {
  description?: string | undefined
  metadata?: Record<string, unknown> | undefined
}

export interface Collection {
  name: string
  description: string
  metadata: Record<string, unknown>
  items: number
  sizeBytes: number
  createdAt: number
}

export interface ObjectRecord {
  collection: string
  format: (typeof FORMATS)[number]
  compression: (typeof COMPRESSIONS)[number]
  metadata: Record<string, unknown>
  tags: readonly string[]
}

export interface NewObject extends ObjectRecord {
  bytes: Uint8Array
}

export interface StoredObject extends ObjectRecord {
  id: string
  /** Of the bytes as they lie in the blocks, compressed if so. */
  cid: string
  sizeBytes: number
  storedBytes: number
  createdAt: number
}

/** All of what is given must hold. */
export interface ObjectQuery {
  collection?: string | undefined
  tags?: readonly string[] | undefined
  /** Members of the metadata that have these values. */
  metadata?: Record<string, unknown> | undefined
  sizeRange?: readonly [min: number, max: number] | undefined
  /** Both included. */
  timeRange?: readonly [from: number, to: number] | undefined
  limit?: number | undefined
  cursor?: string | undefined
}
