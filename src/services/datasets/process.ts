/** Operations one after the other, each a view over the one before, written out once at the end. */
import { AppError } from '../../core/errors.ts'
import { type Operation, operationSql } from '../../domain/tabular/operations.ts'
import type { ProcessOptions, Source } from './api.ts'
import { type Context, withEngine } from './context.ts'
import type { Engine } from './engine.ts'
import { readSource } from './load.ts'
import { estimateRowBytes, parquet, widePath } from './parquet-writer.ts'
import { freeId, inputOf, register } from './register.ts'
import { judgeSelect, viewVersions } from './select.ts'
import type { StoredVersion } from './version-record.ts'

export async function process(
  context: Context,
  source: Source,
  operations: readonly Operation[],
  options: ProcessOptions
) {
  const { signal, outputId } = options
  return withEngine(context, async (engine, scratch) => {
    const read = await readSource(context, engine, scratch, source, { signal })
    const output = scratch.file('result.parquet')
    const { planned, others } = await plan(context, engine, operations, signal)
    const versions = await viewVersions(engine, context.store, others)
    await engine.confine([read.path, output, widePath(output), ...versions.map(version => version.path)])
    const last = await stack(engine, read.path, planned, versions, signal)
    const failure = planned.some(operation => operation.type === 'sql') ? 'SQL_INVALID' : 'BAD_DATA'
    const rowBytes = await inputRowBytes(engine, [read.path, ...versions.map(version => version.path)], signal)
    await engine.writeParquet(`SELECT * FROM ${last}`, output, { signal, failure, rowBytes })
    return register(context, engine, outputId ?? (await freeId(context, `${read.name}_processed`)), output, {
      inputs: [...read.inputs, ...versions.map(inputOf)],
      operation: 'process',
      parameters: { operations: JSON.parse(JSON.stringify(operations)) },
      signal
    })
  })
}

/** The first rows of the result may need all of the work, those of the inputs need none; a join has the columns of both. */
async function inputRowBytes(engine: Engine, paths: readonly string[], signal: AbortSignal | undefined) {
  let sum = 0
  for (const path of paths) sum += await estimateRowBytes(engine, parquet(path), { signal })
  return sum
}

/** Judges every SQL text and finds the other datasets that the operations read. */
async function plan(
  context: Context,
  engine: Engine,
  operations: readonly Operation[],
  signal: AbortSignal | undefined
) {
  const others = new Set<string>()
  const planned: Operation[] = []
  for (const operation of operations) {
    if (operation.type === 'sql') {
      const judged = await judgeSelect(engine, operation.sql, context.store, { signal })
      for (const id of judged.others) others.add(id)
      planned.push({ type: 'sql', sql: judged.text })
    } else {
      if (operation.type === 'join') others.add((await context.store.find(operation.right)).datasetId)
      planned.push(operation)
    }
  }
  return { planned, others: [...others].sort() }
}

/** The name of the view that holds the result. */
async function stack(
  engine: Engine,
  path: string,
  operations: readonly Operation[],
  versions: readonly StoredVersion[],
  signal: AbortSignal | undefined
): Promise<string> {
  const schemaOf = (id: string) => {
    const found = versions.find(version => version.datasetId === id)
    if (!found) throw new AppError('NOT_FOUND', `There is no dataset "${id}"`)
    return found.schema
  }
  await engine.view('__step_0', `SELECT * FROM ${parquet(path)}`)
  let table = '"__step_0"'
  for (const [index, operation] of operations.entries()) {
    const schema = await engine.describe(`SELECT * FROM ${table}`, { signal })
    const select = operationSql(operation, { table, schema, path: `/operations/${index}`, schemaOf })
    await engine.view(`__step_${index + 1}`, select, {
      signal,
      failure: operation.type === 'sql' ? 'SQL_INVALID' : 'INVALID_INPUT'
    })
    table = `"__step_${index + 1}"`
  }
  return table
}
