/**
 * Named, versioned datasets: loaded, queried, processed, compared, written and published.
 *
 * Guarantees:
 * - A version never changes. Its data is one Parquet file named by its UnixFS CID; its record (inputs, operation, parameters,
 *   engine, schema, count) is a block, and the CID of that block is the CID of the version.
 * - A dataset is a list of versions 1, 2, 3 …; writing to an id that exists adds a version. Concurrent writers of one id
 *   each get a version of their own.
 * - All or nothing: after a failure, an abort or a killed process no version is registered and no part of an output
 *   file is visible. What a call answered survives a restart.
 * - No row is lost in silence: ragged records, bad encoding and truncated files are BAD_DATA, with line numbers where there are lines.
 * - SQL is one SELECT over datasets, judged by its syntax tree and run by an engine that can open nothing else:
 *   SQL_FORBIDDEN. SQL that does not parse, bind or run is SQL_INVALID.
 * - Rows come in the order of the data or of the query, at most `limit` and at most 48 KiB of JSON a page; what is left out is said,
 *   and a cursor leads to it. A cursor stays with the version that it began on. One row beyond the budget is TOO_LARGE.
 * - The pages of one cursor add up to one result, each row once. Where the query leaves the order open (groups, joins, equal sort
 *   keys), the same query asked anew may give another order, and a sum of DOUBLEs another last digit: it runs in several threads.
 *   What makes a version runs in one, so that it gives the same bytes each time.
 * - The cursor of a grouped or limited query leads to a result that is kept, with the fifteen others last made, until the process ends:
 *   INVALID_INPUT after that. Other cursors last as long as their data.
 * - Work streams and spills to disk: data may be larger than memory.
 * - An aborted signal interrupts the engine and ends the operation with the signal's reason.
 */
import type { CID } from '../../core/cid.ts'
import type { Startable } from '../../core/startable.ts'
import type { Operation } from '../../domain/tabular/operations.ts'
import type { Column } from '../../domain/tabular/sql-text.ts'

declare module '../../core/tool.ts' {
  interface Services {
    datasets: Datasets
  }
}

export type { Column, Operation }
export const FORMATS = ['csv', 'tsv', 'json', 'jsonl', 'parquet', 'arrow'] as const
export type Format = (typeof FORMATS)[number]
export type Row = Record<string, unknown>

/** A path, `https://` URL, `ipfs://CID`, `hf://datasets/…`, the id of a dataset, or the records themselves. */
export type Source = string | readonly Row[]

export interface Datasets extends Startable {
  /** The engines for queries now, and how queries came to one since the start. */
  engines(): EngineUse
  load(source: Source, options?: LoadOptions): Promise<DatasetVersion>
  /** Applies operations in order and registers the result. UNSUPPORTED operations and unknown columns change nothing. */
  process(source: Source, operations: readonly Operation[], options?: ProcessOptions): Promise<DatasetVersion>
  /** Writes a dataset, or inline records, to a file of the user. */
  save(source: Source, destination: string | undefined, options?: SaveOptions): Promise<SavedFile>

  describe(datasetId: string, options?: VersionOptions): Promise<Description>
  sample(datasetId: string, n: number, seed: number, options?: VersionOptions): Promise<Page>
  query(datasetId: string, sql: string, options?: QueryOptions): Promise<Page>
  /** The same over any datasets: `dataset` is a table only with `datasetId`. */
  ask(sql: string, options?: AskOptions): Promise<Answer>
  /** How a query would run. Nothing of it runs. */
  explain(sql: string, options?: ExplainOptions): Promise<Plan>
  /** Writes the rows of a query, whole or not at all. */
  export(sql: string, destination: string, options?: ExplainOptions & SaveOptions): Promise<SavedFile>
  /** In the order of their ids. */
  list(options?: ListOptions): Promise<{ datasets: DatasetVersion[]; total: number; nextCursor: string | undefined }>
  lineage(datasetId: string, options?: VersionOptions): Promise<Lineage>

  /** Parts by ratio, each registered as `<id>_<name>`; the same seed gives the same parts. */
  split(
    datasetId: string,
    ratios: Record<string, number>,
    seed: number,
    options?: DatasetsOptions
  ): Promise<DatasetVersion[]>
  /** Compares by key columns, or whole rows where there are none. */
  diff(left: string, right: string, keys: readonly string[], options?: DatasetsOptions): Promise<Difference>
  /** Data, description and lineage as one UnixFS directory, pinned recursively. The same version and format give the same CID. */
  publish(datasetId: string, options?: PublishOptions): Promise<Published>
}

export interface EngineUse {
  busy: number
  idle: number
  /** Queries that found one open, and those that opened one. */
  reused: number
  opened: number
}

export interface DatasetsOptions {
  signal?: AbortSignal | undefined
}

export interface VersionOptions extends DatasetsOptions {
  /** Default the newest. */
  version?: number | undefined
}

export interface ReadOptions {
  /** Default by extension, else by the first bytes. */
  format?: Format | undefined
  /** Of delimited text; found out by default. */
  delimiter?: string | undefined
  /** Whether delimited text begins with names; found out by default. */
  header?: boolean | undefined
  /** Texts that stand for null in delimited text. Default the empty field without quotes. */
  nullValues?: readonly string[] | undefined
  /** Types of columns in delimited text, by name; found out from all values by default. */
  columnTypes?: Record<string, string> | undefined
  /** Which part of a dataset on the hub, where it has several. */
  split?: string | undefined
  config?: string | undefined
}

export interface LoadOptions extends ReadOptions, DatasetsOptions {
  /** Default the source's name. An id that exists gets a new version. */
  datasetId?: string | undefined
}

export interface ProcessOptions extends DatasetsOptions {
  /** Default `<name>_processed`. */
  outputId?: string | undefined
}

export interface SaveOptions extends VersionOptions {
  /** Default by the extension of the destination. */
  format?: Format | undefined
  overwrite?: boolean | undefined
}

export interface QueryOptions extends VersionOptions {
  /** Default 100. */
  limit?: number | undefined
  cursor?: string | undefined
}

export interface AskOptions extends QueryOptions {
  /** What the table `dataset` is. */
  datasetId?: string | undefined
}

export interface ExplainOptions extends VersionOptions {
  datasetId?: string | undefined
}

export interface ListOptions extends DatasetsOptions {
  limit?: number | undefined
  cursor?: string | undefined
}

export interface PublishOptions extends VersionOptions {
  /** Default parquet. */
  format?: Format | undefined
}

export interface DatasetVersion {
  datasetId: string
  version: number
  /** Of the version's record. */
  cid: CID
  /** Of the Parquet file. */
  dataCid: CID
  numRecords: number
  sizeBytes: number
  schema: Column[]
  createdAt: string
}

export interface Page extends Answer {
  datasetId: string
  version: number
}

export interface Answer {
  schema: Column[]
  rows: Row[]
  /** Rows of the whole result. */
  total: number
  nextCursor: string | undefined
}

export interface Plan {
  schema: Column[]
  /** The ids of the datasets that it reads, with their versions. */
  reads: { datasetId: string; version: number }[]
  /** The engine's operators as a tree, drawn as text. */
  text: string
}

export interface ColumnStatistics extends Column {
  nulls: number
  approxDistinct: number
  min: unknown
  max: unknown
  mean: number | null
  stddev: number | null
}

export interface Description extends DatasetVersion {
  columns: ColumnStatistics[]
  versions: number
}

export interface SavedFile {
  path: string
  format: Format
  sizeBytes: number
  numRecords: number
  schema: Column[]
}

/** Where a version came from: a source outside, or a version of a dataset. */
export interface Input {
  source?: string
  sha256?: string
  dataset_id?: string
  version?: number
  cid?: string
}

export interface LineageNode {
  datasetId: string
  version: number
  cid: string
  createdAt: string
  operation: string
  parameters: unknown
  engine: { name: string; version: string }
  inputs: Input[]
  previous: string | undefined
  numRecords: number
}

export interface Lineage {
  /** The version asked for first, then what it came from, nearest first. */
  nodes: LineageNode[]
  /** True when there is more than the lineage may hold. */
  truncated: boolean
}

export interface Difference {
  added: number
  removed: number
  changed: number
  unchanged: number
  samples: { added: Row[]; removed: Row[]; changed: Row[] }
  schema: { added: Column[]; removed: Column[]; changed: { name: string; left: string; right: string }[] }
  /** True when the samples leave rows out. */
  truncated: boolean
}

export interface Published {
  datasetId: string
  version: number
  versionCid: CID
  /** Of the directory. */
  cid: CID
  /** Of the data file inside it. */
  dataCid: CID
  dataName: string
  format: Format
  numRecords: number
  sizeBytes: number
}

/** A dataset has a new version; its first makes the dataset. */
export interface DatasetNews {
  datasetId: string
  version: number
}
