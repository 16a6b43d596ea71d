/** SQL under handles, through the shipping dispatcher. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { QUERY_TEMPLATES } from '../../../src/domain/tabular/query-templates.ts'
import { type OpenNode, openNode } from '../../helpers/open-node.ts'

const rows = [
  { id: 1, city: 'London', n: 3, at: '2024-01-01T10:00:00' },
  { id: 2, city: "O'Fallon", n: 5, at: '2024-01-01T12:00:00' },
  { id: 3, city: 'London', n: 4, at: '2024-02-01T12:00:00' }
]

async function withRows(): Promise<OpenNode> {
  const node = await openNode()
  await node.call('load_dataset', { source: rows, options: { dataset_id: 'orders' } })
  return node
}

/** Far longer than any test waits, and cheap to stop. */
const ENDLESS = 'SELECT count(*) AS n FROM range(10000000) a, range(1000000) b WHERE a.range + b.range = -1'

test.each([
  ['preview', { limit: 1 }, [rows[0]]],
  ['row_count', {}, [{ row_count: 3 }]],
  [
    'top_values',
    { column: 'city' },
    [
      { value: 'London', n: 2 },
      { value: "O'Fallon", n: 1 }
    ]
  ],
  ['column_summary', { column: 'n' }, [{ row_count: 3, nulls: 0, distinct_values: 3, min: 3, max: 5, mean: 4 }]],
  [
    'group_summary',
    { group_by: 'city', column: 'n' },
    [
      { group: 'London', value: 7, n: 2 },
      { group: "O'Fallon", value: 5, n: 1 }
    ]
  ],
  ['find_text', { column: 'city', text: "o'FALL" }, [rows[1]]],
  ['duplicates', { column: 'city' }, [{ value: 'London', n: 2 }]],
  [
    'by_time',
    { column: 'at', unit: 'month' },
    [
      { time: '2024-01-01T00:00:00', n: 2 },
      { time: '2024-02-01T00:00:00', n: 1 }
    ]
  ]
])('the template %s %j answers what it says', async (template_id, parameters, expected) => {
  await using node = await withRows()
  const answer = await node.call('duckdb_query', { template_id, parameters: { dataset: 'orders', ...parameters } })
  expect(answer).toMatchObject({ success: true, rows: expected, truncated: false })
})

test('every template is listed, and has a test above', () => {
  expect(QUERY_TEMPLATES.map(({ id }) => id)).toEqual([
    'preview',
    'row_count',
    'top_values',
    'column_summary',
    'group_summary',
    'find_text',
    'duplicates',
    'by_time'
  ])
})

test.each([
  [{ template_id: 'preview', parameters: { dataset: 'orders; DROP TABLE x' } }, 'INVALID_INPUT'],
  [{ template_id: 'preview', parameters: { dataset: 'order' } }, 'SQL_FORBIDDEN'],
  [{ template_id: 'top_values', parameters: { dataset: 'orders', column: '(SELECT 1)' } }, 'SQL_INVALID'],
  [
    { template_id: 'top_values', parameters: { dataset: 'orders', column: "x\" FROM read_csv('/etc/passwd') --" } },
    'SQL_INVALID'
  ],
  [
    {
      template_id: 'group_summary',
      parameters: { dataset: 'orders', column: 'n', group_by: 'city', summary: 'getenv' }
    },
    'INVALID_INPUT'
  ],
  [{ template_id: 'preview', parameters: { dataset: 'orders', limit: -1 } }, 'INVALID_INPUT'],
  [{ template_id: 'preview', parameters: { dataset: 'orders', limitt: 1 } }, 'INVALID_INPUT'],
  [{ template_id: 'preview', parameters: { dataset: 'orders', __proto__: null, toString: 'x' } }, 'INVALID_INPUT'],
  [{ template_id: 'top_values', parameters: { dataset: 'orders' } }, 'INVALID_INPUT'],
  [{ template_id: 'previw' }, 'NOT_FOUND'],
  [{}, 'INVALID_INPUT'],
  [{ sql: 'SELECT 1', template_id: 'preview' }, 'INVALID_INPUT'],
  [{ sql: 'SELECT 1', parameters: { dataset: 'orders' } }, 'INVALID_INPUT'],
  [{ sql: 'SELECT * FROM dataset' }, 'SQL_FORBIDDEN'],
  [{ sql: 'DELETE FROM orders' }, 'SQL_FORBIDDEN'],
  [{ sql: "SELECT * FROM '/etc/passwd'" }, 'SQL_FORBIDDEN'],
  [{ sql: 'SELECT 1', snapshot_id: 'orders@0' }, 'INVALID_INPUT'],
  [{ sql: 'SELECT 1', snapshot_id: 'orders@7' }, 'NOT_FOUND'],
  [{ sql: 'SELECT nothing FROM orders' }, 'SQL_INVALID']
])('%j is refused by query, explain and export alike: %s', async (question, error) => {
  await using node = await withRows()
  const before = await readdir(node.cwd)
  for (const [tool, more] of [
    ['duckdb_query', {}],
    ['duckdb_explain', {}],
    ['duckdb_export', { output_path: 'out.csv' }]
  ] as const)
    expect(await node.call(tool, { ...question, ...more }), tool).toMatchObject({ success: false, error })
  expect(await readdir(node.cwd)).toEqual(before)
})

test('pages of a handle put together are the whole; after the last there is none; a token goes back', async () => {
  await using node = await withRows()
  const first = await node.call('duckdb_query', {
    sql: 'SELECT id FROM orders ORDER BY id',
    page_size: 1,
    handle_id: 'h'
  })
  const second = await node.call('duckdb_query_page', { handle_id: 'h' })
  const third = await node.call('duckdb_query_page', { handle_id: 'h' })
  expect([first, second, third].map(page => page.rows)).toEqual([[{ id: 1 }], [{ id: 2 }], [{ id: 3 }]])
  expect(await node.call('duckdb_query_page', { handle_id: 'h' })).toMatchObject({ error: 'TASK_STATE' })
  expect(await node.call('duckdb_query_page', { handle_id: 'h', page_token: first.next_page_token })).toMatchObject({
    rows: [{ id: 2 }]
  })
  expect(await node.call('duckdb_query', { sql: 'SELECT 1', handle_id: 'h' })).toMatchObject({
    error: 'ALREADY_EXISTS'
  })
  await node.call('load_dataset', { source: rows, options: { dataset_id: 'orders' } })
  const stale = await node.call('duckdb_query_page', { handle_id: 'h', page_token: first.next_page_token })
  expect(stale).toMatchObject({ error: 'INVALID_INPUT', message: expect.stringContaining('changed') })
})

test('a snapshot reads the version that it names', async () => {
  await using node = await withRows()
  await node.call('load_dataset', { source: [{ id: 9 }], options: { dataset_id: 'orders' } })
  const sql = 'SELECT count(*) AS n FROM dataset'
  expect(await node.call('duckdb_query', { sql, snapshot_id: 'orders@1' })).toMatchObject({ rows: [{ n: 3 }] })
  expect(await node.call('duckdb_query', { sql, snapshot_id: 'orders' })).toMatchObject({ rows: [{ n: 1 }] })
  expect(await node.call('duckdb_explain', { sql, snapshot_id: 'orders@1' })).toMatchObject({
    reads: [{ dataset_id: 'orders', version: 1 }]
  })
})

test('a running query is seen and cancelled under its handle, and leaves no file behind', async () => {
  await using node = await withRows()
  const running = node.call('duckdb_query', { sql: ENDLESS, handle_id: 'long' })
  await expect
    .poll(() => node.call('duckdb_query_status', { handle_id: 'long' }))
    .toMatchObject({
      queries: [{ query_status: 'running', total: null }]
    })
  await new Promise(resolve => setTimeout(resolve, 300))
  const cancelled = await node.call('duckdb_query_cancel', { handle_id: 'long', reason: 'too slow' })
  expect(cancelled).toMatchObject({ success: true, query_status: 'cancelled' })
  expect(await running).toMatchObject({ error: 'CANCELLED', message: expect.stringContaining('too slow') })
  expect(await node.call('duckdb_query_status', { handle_id: 'long' })).toMatchObject({
    queries: [{ query_status: 'cancelled', error_code: 'CANCELLED' }]
  })
  expect(await node.call('duckdb_query_cancel', { handle_id: 'long' })).toMatchObject({ error: 'TASK_STATE' })
})

test('an export that is cancelled leaves neither a file nor work in progress', async () => {
  await using node = await withRows()
  const before = await readdir(node.cwd)
  const cancel = new AbortController()
  const exporting = node.call('duckdb_export', { sql: ENDLESS, output_path: 'out.csv' }, cancel.signal)
  setTimeout(() => cancel.abort(), 500)
  expect(await exporting).toMatchObject({ success: false, error: 'CANCELLED' })
  expect(await readdir(node.cwd)).toEqual(before)
  const scratch = await readdir(join(node.cwd, 'data', 'datasets', 'scratch'), { recursive: true })
  expect(scratch.filter(name => /rows|output/.test(name))).toEqual([])
})

test('an export holds every row, in the order of the query, and keeps a file that stands there', async () => {
  await using node = await withRows()
  const input = { sql: 'SELECT id, city AS a, city AS a FROM orders ORDER BY id DESC', output_path: 'out.jsonl' }
  expect(await node.call('duckdb_export', input)).toMatchObject({ num_records: 3, format: 'jsonl' })
  const lines = (await readFile(join(node.cwd, 'out.jsonl'), 'utf8')).trim().split('\n')
  expect(lines.map(line => JSON.parse(line).id)).toEqual([3, 2, 1])
  expect(await node.call('duckdb_export', input)).toMatchObject({ error: 'ALREADY_EXISTS' })
  expect(await node.call('duckdb_export', { ...input, output_path: '../out.csv' })).toMatchObject({
    error: 'PATH_FORBIDDEN'
  })
})
