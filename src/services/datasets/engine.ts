/** DuckDB, one private instance at a time; see `withEngine` and `QueryEngines` for how long each is open. */
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import { type Column, identifier, literal } from '../../domain/tabular/sql-text.ts'
import type { Row } from './api.ts'
import { writeParquet } from './parquet-writer.ts'
import { toJsonValue } from './values.ts'

export interface EngineLimits {
  /** Of the engine’s buffers, as DuckDB writes sizes; what exceeds it spills to disk. */
  memoryLimit: string
  /** One by default: results then come in the same order and files with the same bytes each time. For queries see `plan.ts`. */
  threads: number
}

const INTERRUPT_EVERY_MS = 50

/** What `operators` answers in place of those that feed one operator together. */
const SEVERAL_INPUTS = 'several'

export interface RunOptions {
  signal?: AbortSignal | undefined
  /** The code of a failure that lies in the data or the SQL. */
  failure?: ErrorCode
}

export interface ParquetOptions extends RunOptions {
  /** Columns of the SELECT, where they are known; finding them out reads a text file whole. */
  schema?: readonly Column[]
  /** About how long a row is, where the first rows of the SELECT cost as much as all. */
  rowBytes?: number
}

export interface Engine extends AsyncDisposable {
  readonly version: string
  readonly connection: DuckDBConnection
  run(sql: string, options?: RunOptions): Promise<void>
  /** All rows of a small result. */
  all(sql: string, options?: RunOptions): Promise<Row[]>
  /** Rows as they come, in groups; leaving the loop stops the engine. */
  stream(sql: string, options?: RunOptions): Promise<RowStream>
  /** The operators of a SELECT's plan from its last one down, as far as each has one input, and where they begin to have more. */
  operators(select: string, options?: RunOptions): Promise<string[]>
  /** Columns of a table or SELECT, all called nullable. */
  describe(select: string, options?: RunOptions): Promise<Column[]>
  /** Writes a SELECT to a Parquet file, the same bytes for the same rows. */
  writeParquet(select: string, path: string, options?: ParquetOptions): Promise<void>
  view(name: string, select: string, options?: RunOptions): Promise<void>
  /** From now on the engine opens these files and no others. */
  closeTo(paths: readonly string[]): Promise<void>
  /** Sets the number of threads, and lets no setting be changed from now on. */
  lock(threads?: number): Promise<void>
  /** Both: what must come before SQL that is not ours runs. */
  confine(paths: readonly string[]): Promise<void>
}

export interface RowStream {
  schema: Column[]
  result: DuckDBResult
  batches: AsyncIterable<Row[]>
}

/** `temporaryDirectory` takes what does not fit in memory. */
export async function openEngine(limits: EngineLimits, temporaryDirectory: string): Promise<Engine> {
  const duckdb = await import('@duckdb/node-api')
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: limits.memoryLimit,
    temp_directory: temporaryDirectory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false'
  })
  const connection = await instance.connect()
  await connection.run(`SET TimeZone = 'UTC'`)
  // Files do not change while an engine is open to them, and each look at a plan would read their footers again.
  await connection.run('SET parquet_metadata_cache = true')
  // The system's own cache holds the files already, and an engine may stay open for a while.
  await connection.run('SET enable_external_file_cache = false')
  return createEngine(instance, connection, duckdb.version().replace(/^v/, ''), temporaryDirectory)
}

function createEngine(instance: DuckDBInstance, connection: DuckDBConnection, version: string, hidden: string): Engine {
  const guarded = async <T>(work: () => Promise<T>, { signal, failure = 'INTERNAL' }: RunOptions): Promise<T> => {
    signal?.throwIfAborted()
    let interrupting: NodeJS.Timeout | undefined
    // More than once: an interrupt between two statements, or while one is being planned, is lost.
    const onAbort = () => {
      connection.interrupt()
      interrupting = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      throw engineError(error, failure, hidden)
    } finally {
      signal?.removeEventListener('abort', onAbort)
      clearInterval(interrupting)
    }
  }

  const engine: Engine = {
    version,
    connection,
    async run(sql, options = {}) {
      await guarded(() => connection.run(sql), options)
    },
    async all(sql, options = {}) {
      const rows: Row[] = []
      for await (const batch of (await engine.stream(sql, options)).batches) rows.push(...batch)
      return rows
    },
    async stream(sql, options = {}) {
      const result = await guarded(() => connection.stream(sql), options)
      const names = result.deduplicatedColumnNames()
      const types = result.columnTypes()
      const schema = names.map((name, index) => ({ name, type: String(types[index]), nullable: true }))
      async function* batches() {
        for (;;) {
          const chunk = await guarded(() => result.fetchChunk(), options)
          if (!chunk || chunk.rowCount === 0) return
          // Entries rather than assignment: a column may be called __proto__. Types of the result rather than of the chunk,
          // which has lost that a column is JSON.
          yield chunk
            .getRows()
            .map(values => Object.fromEntries(values.map((value, at) => [names[at], toJsonValue(value, types[at])])))
        }
      }
      return { schema, result, batches: batches() }
    },
    async operators(select, options = {}) {
      const [row] = await engine.all(`EXPLAIN (FORMAT json) ${select}`, options)
      return chain(JSON.parse(String(row?.explain_value)))
    },
    async describe(select, options = {}) {
      // Not streamed: that prepares first, and whoever describes a text file would read all of it twice.
      const reader = await guarded(() => connection.runAndReadAll(`DESCRIBE ${select}`), options)
      return reader.getRowObjects().map(row => ({
        name: String(row.column_name),
        type: String(row.column_type),
        nullable: true
      }))
    },
    writeParquet: (select, path, options = {}) => writeParquet(engine, select, path, options),
    async view(name, select, options = {}) {
      await engine.run(`CREATE TEMP VIEW ${identifier(name)} AS ${select}`, options)
    },
    async closeTo(paths) {
      await connection.run(`SET allowed_paths = [${paths.map(literal).join(', ')}]`)
      await connection.run('SET enable_external_access = false')
    },
    async lock(threads) {
      if (threads !== undefined) await connection.run(`SET threads = ${threads}`)
      await connection.run('SET lock_configuration = true')
    },
    async confine(paths) {
      await engine.closeTo(paths)
      await engine.lock()
    },
    async [Symbol.asyncDispose]() {
      connection.closeSync()
      instance.closeSync()
    }
  }
  return engine
}

function chain(plan: unknown): string[] {
  const names: string[] = []
  for (let nodes: unknown = plan; Array.isArray(nodes) && nodes.length > 0; ) {
    const [node, other] = nodes
    names.push(other === undefined ? String(node?.name) : SEVERAL_INPUTS)
    nodes = other === undefined ? node?.children : []
  }
  return names
}

function engineError(error: unknown, failure: ErrorCode, hidden: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const [text = ''] = error.message.split('\n\n')
  if (/no space left|disk is full/i.test(text)) {
    return new AppError('STORAGE_FULL', 'The disk is full; free some space and call again', { cause: error })
  }
  if (/^Out of Memory Error/.test(text)) {
    return new AppError(
      'TOO_LARGE',
      'The work needs more memory than the engine may use; select fewer rows or columns',
      {
        cause: error
      }
    )
  }
  if (failure === 'INTERNAL') return error
  return new AppError(failure, withoutPaths(text, hidden).slice(0, 1000), { cause: error })
}

/** Messages of the engine name files of ours that mean nothing to a caller. */
function withoutPaths(text: string, hidden: string): string {
  return text
    .replaceAll(hidden, '')
    .replace(/(in file )?"[^"]*\/[^"]*\.(parquet|jsonl?|csv|arrow)"/g, 'in the data')
    .replace(/(in file )?"?\/proc\/self\/fd\/\d+"?/g, 'in the data')
}
