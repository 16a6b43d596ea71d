/**
 * SQL on a loaded Parquet file: `query_dataset` of the built server over HTTP, beside the same query on the same file in DuckDB alone,
 * with one thread and with as many as it takes by itself.
 */
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Bench, rounds } from './bench.ts'
import { startBuiltServer } from './built-server.ts'
import { type Pair, ratioFigure } from './figures.ts'

const ROUNDS = 7
const ROWS = 5_000_000

const QUERIES = {
  group: 'SELECT k, count(*) AS n, sum(v) AS s, avg(length(t)) AS l FROM dataset GROUP BY k ORDER BY s DESC LIMIT 50',
  text: `SELECT count(*) AS n, max(t) AS m FROM dataset WHERE regexp_matches(t, '7.*3') AND v > 0.1`,
  window:
    'SELECT max(r) AS r FROM (SELECT k, row_number() OVER (PARTITION BY k ORDER BY v) AS r FROM dataset WHERE v < 0.2)',
  /** More rows than are kept for other pages, and an order to give them in. */
  sort: 'SELECT i, k, v FROM dataset ORDER BY v DESC, i',
  /** More rows than one answer holds. */
  page: `SELECT i, k, v FROM dataset WHERE regexp_matches(t, '7.*3') ORDER BY v DESC, i LIMIT 100000`
}

export const sql: Bench = async ({ scratch, own, say }) => {
  const source = join(scratch, 'rows.parquet')
  const alone = await DuckDBInstance.create(':memory:')
  const connection = await alone.connect()
  own.defer(() => connection.closeSync())
  await connection.run(`COPY (SELECT i, CAST(hash(i) % 1000 AS INTEGER) AS k, (hash(i + 1) % 1000000) / 1e6 AS v,
    'row number ' || hash(i) AS t FROM range(${ROWS}) AS r(i)) TO '${source}' (FORMAT parquet, COMPRESSION zstd)`)
  await connection.run(`CREATE VIEW dataset AS SELECT * FROM read_parquet('${source}')`)

  const { call } = await startBuiltServer(scratch, own)
  const loaded = await call('load_dataset', { source, options: { dataset_id: 'rows' } })
  say(`loaded ${loaded.num_records} rows`)

  const bare = async (text: string, threads?: number) => {
    await connection.run(threads === undefined ? 'RESET threads' : `SET threads = ${threads}`)
    // As many rows as the tool answers with, and the one that tells it whether there are more.
    return timed(async () => (await connection.runAndReadAll(`SELECT * FROM (${text}) LIMIT 101`)).getRowsJson())
  }
  const whole = (text: string) => timed(() => call('query_dataset', { dataset_id: 'rows', sql: text }))

  const figures = []
  for (const [name, text] of Object.entries(QUERIES)) {
    const same: Pair[] = []
    const free: Pair[] = []
    const side = async () => {
      const one = await bare(text, 1)
      const ours = await whole(text)
      same.push({ ours, rival: one })
      free.push({ ours, rival: await bare(text) })
    }
    await side()
    same.length = 0
    free.length = 0
    await rounds(ROUNDS, { side })
    figures.push(
      ratioFigure(`query "${name}"`, 'ms', 'DuckDB, 1 thread', same, { atMost: 1.2 }),
      ratioFigure(`query "${name}"`, 'ms', 'DuckDB, its own threads', free, { atMost: 1.2 })
    )
  }
  return figures
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
