/** One SELECT of a caller: judged, and made ready to run in an engine that sees only what it reads. */

import { guardSelect } from '../../domain/tabular/select-guard.ts'
import { literal } from '../../domain/tabular/sql-text.ts'
import type { Engine, RunOptions } from './engine.ts'
import { parquet } from './parquet-writer.ts'
import type { Store } from './store.ts'
import type { StoredVersion } from './version-record.ts'

/** The text without what ends a statement, so that it can stand in parentheses, and the datasets that it names. */
export async function judgeSelect(engine: Engine, sql: string, store: Store, options: RunOptions = {}) {
  const ids = await store.ids()
  const known = new Map(ids.map(id => [id.toLowerCase(), id]))
  const text = sql.replace(/[;\s]+$/, '')
  const flags = 'skip_null := true, skip_empty := true, skip_default := true'
  const [row] = await engine.all(`SELECT CAST(json_serialize_sql(${literal(text)}, ${flags}) AS VARCHAR) AS tree`, {
    ...options,
    failure: 'SQL_INVALID'
  })
  const tree: unknown = JSON.parse(String(row?.tree))
  const { tables } = guardSelect(tree, new Set([...known.keys(), 'dataset']))
  const others = [...tables].flatMap(name => known.get(name) ?? [])
  return { text, others: others.sort(), readsTarget: tables.has('dataset') }
}

/** The same rows in any order, undefined unless the text ends in an ORDER BY alone: the engine would sort even for a count of them. */
export async function withoutOrder(engine: Engine, text: string, options: RunOptions): Promise<string | undefined> {
  // In the engine, because a number of the tree may be larger than JavaScript has.
  const bare = `json_merge_patch(tree->'$.statements[0]', '{"node": {"modifiers": []}}')`
  const [row] = await engine.all(
    `SELECT CASE WHEN list_distinct(json_extract_string(tree, '$.statements[0].node.modifiers[*].type')) = ['ORDER_MODIFIER']
      THEN json_deserialize_sql(json_object('error', false, 'statements', json_array(${bare}))) END AS text
      FROM (SELECT json_serialize_sql(${literal(text)}) AS tree)`,
    options
  )
  return typeof row?.text === 'string' ? row.text : undefined
}

/** Shows the engine the newest version of each dataset, under its id. */
export async function viewVersions(engine: Engine, store: Store, ids: readonly string[]): Promise<StoredVersion[]> {
  const versions = await Promise.all(ids.map(id => store.find(id)))
  for (const version of versions) await engine.view(version.datasetId, `SELECT * FROM ${parquet(version.path)}`)
  return versions
}
