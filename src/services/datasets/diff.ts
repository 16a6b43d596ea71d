/** Comparing two datasets. */
import { AppError } from '../../core/errors.ts'
import { diffSchemas, diffSql } from '../../domain/tabular/diff.ts'
import type { DatasetsOptions, Difference, Row } from './api.ts'
import { type Context, countOf, withEngine } from './context.ts'
import { withinBudget } from './page.ts'
import { parquet } from './parquet-writer.ts'

const SAMPLE_ROWS = 20

export async function diff(
  context: Context,
  leftId: string,
  rightId: string,
  keys: readonly string[],
  options: DatasetsOptions
): Promise<Difference> {
  const run = { signal: options.signal, failure: 'INVALID_INPUT' as const }
  const [left, right] = await Promise.all([context.store.find(leftId), context.store.find(rightId)])
  const sql = diffSql(
    { table: parquet(left.path), schema: left.schema },
    { table: parquet(right.path), schema: right.schema },
    keys
  )
  return withEngine(context, async engine => {
    if (sql.duplicate && (await engine.all(sql.duplicate, run)).length > 0) {
      const message = 'A value of these keys stands more than once in a dataset; give keys that tell every row apart'
      throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/keys', message }] })
    }
    const [row] = await engine.all(sql.counts, run)
    const some = async (select: string | undefined): Promise<Row[]> =>
      select === undefined
        ? []
        : withinBudget(
            await engine.all(`SELECT * FROM (${select}) LIMIT ${SAMPLE_ROWS}`, run),
            context.limits.pageBytes / 4
          )
    const samples = { added: await some(sql.added), removed: await some(sql.removed), changed: await some(sql.changed) }
    const counts = { added: countOf(row, 'added'), removed: countOf(row, 'removed'), changed: countOf(row, 'changed') }
    return {
      ...counts,
      unchanged: countOf(row, 'unchanged'),
      samples,
      schema: diffSchemas(left.schema, right.schema),
      truncated:
        samples.added.length < counts.added ||
        samples.removed.length < counts.removed ||
        samples.changed.length < counts.changed
    }
  })
}
