/** The index of objects as its service sees it. `settled` are those whose pin is there, which are the only ones that lists show. */
import type { About, Collection, ObjectQuery, StoredObject } from './api.ts'

/** Of an index in SQLite, in this thread or another. */
export interface IndexMethods {
  collection(name: string): Collection | undefined
  collectionNames(): string[]
  collections(after: string, limit: number): { collections: Collection[]; total: number }
  putCollection(name: string, about: About, now: number): void
  removeCollection(name: string): void
  item(id: string): StoredObject | undefined
  /** Not settled. */
  add(item: StoredObject): void
  settle(id: string): void
  /** No longer settled. */
  unsettle(id: string): void
  remove(id: string): void
  unsettled(): string[]
  idsOf(collection: string, limit: number): string[]
  find(query: ObjectQuery, after: number, limit: number): { items: { item: StoredObject; at: number }[]; total: number }
}

export type IndexStore = {
  [M in keyof IndexMethods]: (...args: Parameters<IndexMethods[M]>) => Promise<ReturnType<IndexMethods[M]>>
} & { close(): Promise<void> }
