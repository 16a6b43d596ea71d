/**
 * Decides whether a parsed statement is one SELECT that reads nothing but datasets. It judges the engine's own syntax
 * tree (`json_serialize_sql`), not the text, so that quoting, comments and nesting cannot hide anything.
 */
import { AppError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'

/** Table functions that read nothing from outside of the query. */
const TABLE_FUNCTIONS = new Set(['generate_series', 'json_each', 'json_tree', 'range', 'repeat', 'unnest'])

/** Functions that read or write settings, files, logs or other queries, or that only burn time. */
const FORBIDDEN_FUNCTIONS =
  /^(current_(setting|query|query_id|connection_id|transaction_id|database|catalog|schema|schemas|role|user)|getenv|getvariable|set_config|in_search_path|(read|parse_duckdb|sniff|write|duckdb|pragma|pg|has|icu|shobj|obj|col|txid)_.*|query|query_table|nextval|currval|setseed|sleep_ms|stats|version|user|session_user|json_(de)?serialize_sql|json_serialize_plan|json_execute_serialized_sql)$/

/** Functions that follow JSON by recursion without a limit: a text nested deeply enough would end the process. */
const UNBOUNDED_FUNCTIONS =
  /^(json_(group_)?structure|json_merge_patch|json_contains|(json_transform|from_json)(_strict)?)$/

type Node = Record<string, unknown>

export interface Guarded {
  /** Datasets that the statement reads, in lower case. */
  tables: Set<string>
}

/**
 * Judges what `json_serialize_sql` made of a text.
 * @throws SQL_FORBIDDEN for anything but one SELECT over `known` tables; SQL_INVALID if it does not parse.
 */
export function guardSelect(tree: unknown, known: ReadonlySet<string>): Guarded {
  const root = asNode(tree)
  if (root?.error === true) refuseUnparsed(root)
  const statements = Array.isArray(root?.statements) ? root.statements : []
  if (statements.length !== 1) forbid(`exactly one SELECT is allowed, not ${statements.length} statements`)
  const tables = new Set<string>()
  walk(statements[0], new Set(), { known, tables })
  return { tables }
}

interface Scope {
  known: ReadonlySet<string>
  tables: Set<string>
}

function walk(value: unknown, ctes: ReadonlySet<string>, scope: Scope): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, ctes, scope)
    return
  }
  const node = asNode(value)
  if (!node) return
  const visible = walkCtes(node, ctes, scope)
  judge(node, visible, scope)
  for (const [key, child] of Object.entries(node)) if (key !== 'cte_map') walk(child, visible, scope)
}

/** A common table expression sees those before it, and itself only when it is recursive. */
function walkCtes(node: Node, outer: ReadonlySet<string>, scope: Scope): ReadonlySet<string> {
  const entries = asNode(node.cte_map)?.map
  const own = node.type === 'RECURSIVE_CTE_NODE' ? [text(node.cte_name)] : []
  if (!Array.isArray(entries)) return own.length > 0 ? new Set([...outer, ...own]) : outer
  const visible = new Set([...outer, ...own])
  for (const entry of entries) {
    const cte = asNode(entry)
    walk(cte?.value, visible, scope)
    visible.add(text(cte?.key))
  }
  return visible
}

function judge(node: Node, ctes: ReadonlySet<string>, scope: Scope): void {
  switch (node.type) {
    case 'BASE_TABLE':
      judgeTable(node, ctes, scope)
      break
    case 'TABLE_FUNCTION':
      judgeTableFunction(asNode(node.function))
      break
    case 'SHOW_REF':
      forbid('DESCRIBE, SHOW and SUMMARIZE are not SELECT; use describe_dataset')
  }
  const name = text(node.function_name)
  if (FORBIDDEN_FUNCTIONS.test(name)) forbid(`the function ${name} reads more than datasets`)
  if (UNBOUNDED_FUNCTIONS.test(name)) forbid(`the function ${name} has no limit of depth; use -> and json_extract`)
}

function judgeTable(node: Node, ctes: ReadonlySet<string>, scope: Scope): void {
  const name = text(node.table_name)
  if (node.schema_name || node.catalog_name) forbid(`"${name}" may not be named with a schema or database`)
  if (ctes.has(name)) return
  if (!scope.known.has(name)) {
    const close = nearest(name, scope.known)
    forbid(
      `"${name.slice(0, 80)}" is not a dataset; the tables are \`dataset\` and the ids of other datasets${
        close === undefined ? '' : ` (did you mean "${close}"?)`
      }`
    )
  }
  scope.tables.add(name)
}

function judgeTableFunction(call: Node | undefined): void {
  const name = text(call?.function_name)
  if (TABLE_FUNCTIONS.has(name)) return
  forbid(`the table function ${name} is not one of ${[...TABLE_FUNCTIONS].join(', ')}`)
}

function refuseUnparsed(root: Node): never {
  if (root.error_type === 'parser') {
    throw new AppError('SQL_INVALID', `The SQL does not parse: ${String(root.error_message)}`)
  }
  return forbid('exactly one SELECT is allowed (statements such as PIVOT, COPY, SET or DELETE are not SELECT)')
}

function forbid(reason: string): never {
  throw new AppError('SQL_FORBIDDEN', `Refused: ${reason}`)
}

function asNode(value: unknown): Node | undefined {
  // An object that is no array has string keys; what they hold stays unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Node) : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : ''
}
