/** The index of objects in SQLite. Runs in the thread of its file, or in this one for an index in memory. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { canonicalize } from '../../core/canonical.ts'
import { AppError } from '../../core/errors.ts'
import type { ObjectQuery } from './api.ts'
import type { IndexMethods } from './index-store.ts'
import { collectionOf, factsOf, itemOf } from './sqlite-rows.ts'

const SCHEMA = `
  CREATE TABLE collections (
    name TEXT PRIMARY KEY, description TEXT NOT NULL, metadata TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE items (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, collection TEXT NOT NULL REFERENCES collections (name),
    cid TEXT NOT NULL, format TEXT NOT NULL, compression TEXT NOT NULL, size INTEGER NOT NULL, stored INTEGER NOT NULL,
    metadata TEXT NOT NULL, tags TEXT NOT NULL, created_at INTEGER NOT NULL, is_settled INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX items_by_collection ON items (collection, seq);
  CREATE INDEX items_unsettled ON items (id) WHERE is_settled = 0;
  CREATE TABLE tags (
    tag TEXT, item INTEGER REFERENCES items (seq) ON DELETE CASCADE, PRIMARY KEY (tag, item)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tags_by_item ON tags (item);
  CREATE TABLE facts (
    name TEXT, value TEXT, item INTEGER REFERENCES items (seq) ON DELETE CASCADE, PRIMARY KEY (name, value, item)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX facts_by_item ON facts (item);
`
const VERSION = 1

const COUNTS = `(SELECT count(*) FROM items WHERE collection = name AND is_settled) AS items,
  (SELECT coalesce(sum(size), 0) FROM items WHERE collection = name AND is_settled) AS size`

/** DATA_DIRECTORY_VERSION if a newer program wrote the file. */
export function openIndex(path: string): IndexMethods & { close(): void } {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
    `)
    const version = Number(Object.values(database.prepare('PRAGMA user_version').get() ?? {})[0])
    if (version > VERSION) {
      throw new AppError('DATA_DIRECTORY_VERSION', `${path} has version ${version}; this program reads ${VERSION}`)
    }
    if (version === 0) database.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${VERSION}; COMMIT`)
  } catch (error) {
    database.close()
    throw error
  }
  const get = (sql: string, ...values: SQLInputValue[]) => database.prepare(sql).get(...values)
  const all = (sql: string, ...values: SQLInputValue[]) => database.prepare(sql).all(...values)
  const run = (sql: string, ...values: SQLInputValue[]) => database.prepare(sql).run(...values)

  return {
    collection(name) {
      const row = get(`SELECT *, ${COUNTS} FROM collections WHERE name = ?`, name)
      return row && collectionOf(row)
    },
    collectionNames: () => all('SELECT name FROM collections ORDER BY name').map(row => String(row.name)),
    collections(after, limit) {
      const rows = all(`SELECT *, ${COUNTS} FROM collections WHERE name > ? ORDER BY name LIMIT ?`, after, limit)
      return { collections: rows.map(collectionOf), total: Number(get('SELECT count(*) AS n FROM collections')?.n) }
    },
    putCollection(name, { description, metadata }, now) {
      run(`INSERT INTO collections VALUES (?, '', '{}', ?) ON CONFLICT DO NOTHING`, name, now)
      if (description !== undefined) run('UPDATE collections SET description = ? WHERE name = ?', description, name)
      if (metadata) run('UPDATE collections SET metadata = ? WHERE name = ?', JSON.stringify(metadata), name)
    },
    removeCollection: name => void run('DELETE FROM collections WHERE name = ?', name),
    item(id) {
      const row = get('SELECT * FROM items WHERE id = ? AND is_settled', id)
      return row && itemOf(row)
    },
    add(item) {
      database.exec('BEGIN IMMEDIATE')
      try {
        const { lastInsertRowid: seq } = run(
          'INSERT INTO items VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)',
          ...[item.id, item.collection, item.cid, item.format, item.compression, item.sizeBytes, item.storedBytes],
          ...[JSON.stringify(item.metadata), JSON.stringify(item.tags), item.createdAt]
        )
        for (const tag of new Set(item.tags)) run('INSERT INTO tags VALUES (?, ?)', tag, seq)
        for (const [name, value] of factsOf(item.metadata)) run('INSERT INTO facts VALUES (?, ?, ?)', name, value, seq)
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    settle: id => void run('UPDATE items SET is_settled = 1 WHERE id = ?', id),
    unsettle: id => void run('UPDATE items SET is_settled = 0 WHERE id = ?', id),
    remove: id => void run('DELETE FROM items WHERE id = ?', id),
    unsettled: () => all('SELECT id FROM items WHERE is_settled = 0').map(row => String(row.id)),
    idsOf: (collection, limit) =>
      all('SELECT id FROM items WHERE collection = ? AND is_settled LIMIT ?', collection, limit).map(row =>
        String(row.id)
      ),
    find(query, after, limit) {
      const { where, values } = whereOf(query)
      const rows = all(`SELECT * FROM items WHERE ${where} AND seq > ? ORDER BY seq LIMIT ?`, ...values, after, limit)
      const total = Number(get(`SELECT count(*) AS n FROM items WHERE ${where}`, ...values)?.n)
      return { items: rows.map(row => ({ item: itemOf(row), at: Number(row.seq) })), total }
    },
    close: () => database.close()
  }
}

function whereOf({ collection, tags = [], metadata = {}, sizeRange, timeRange }: ObjectQuery) {
  const values: SQLInputValue[] = []
  const parts = ['is_settled']
  const demand = (sql: string, ...more: SQLInputValue[]) => {
    parts.push(sql)
    values.push(...more)
  }
  if (collection !== undefined) demand('collection = ?', collection)
  for (const tag of tags) demand('seq IN (SELECT item FROM tags WHERE tag = ?)', tag)
  for (const [name, value] of Object.entries(metadata))
    demand('seq IN (SELECT item FROM facts WHERE name = ? AND value = ?)', name, canonicalize(value))
  if (sizeRange) demand('size BETWEEN ? AND ?', ...sizeRange)
  if (timeRange) demand('created_at BETWEEN ? AND ?', ...timeRange)
  return { where: parts.join(' AND '), values }
}
