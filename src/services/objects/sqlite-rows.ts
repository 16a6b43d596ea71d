/** Rows of the index as what they stand for. */
import type { SQLOutputValue } from 'node:sqlite'
import { canonicalize } from '../../core/canonical.ts'
import { COMPRESSIONS, type Collection, FORMATS, type StoredObject } from './api.ts'

type Row = Record<string, SQLOutputValue>

export function collectionOf(row: Row): Collection {
  return {
    name: String(row.name),
    description: String(row.description),
    metadata: Object(JSON.parse(String(row.metadata))),
    items: Number(row.items),
    sizeBytes: Number(row.size),
    createdAt: Number(row.created_at)
  }
}

export function itemOf(row: Row): StoredObject {
  const tags: unknown = JSON.parse(String(row.tags))
  return {
    id: String(row.id),
    collection: String(row.collection),
    cid: String(row.cid),
    format: FORMATS.find(name => name === row.format) ?? 'binary',
    compression: COMPRESSIONS.find(name => name === row.compression) ?? 'none',
    sizeBytes: Number(row.size),
    storedBytes: Number(row.stored),
    metadata: Object(JSON.parse(String(row.metadata))),
    tags: Array.isArray(tags) ? tags.map(String) : [],
    createdAt: Number(row.created_at)
  }
}

/** Members of the metadata that can be asked for, each with its value as one text. */
export const factsOf = (metadata: Record<string, unknown>): [name: string, value: string][] =>
  Object.entries(metadata).map(([name, value]) => [name, canonicalize(value)])
