/**
 * How a query is to be run so that its pages fit together. DuckDB with several threads keeps the order of a scan, but not that of groups,
 * joins and equal sort keys, which may come otherwise each time.
 */

/** What passes rows on in their order, one by one. */
const IN_ORDER = new Set(['PROJECTION', 'FILTER', 'READ_PARQUET'])

/** What has done all of the work before its first row, and has fewer rows than it read. */
const WHOLE = /GROUP_BY|AGGREGATE|TOP_N|LIMIT/

export type Run =
  /** Several threads, each page by itself. */
  | 'parallel'
  /** Several threads, once: the pages come from the result, which is kept. */
  | 'whole'
  /** One thread, each page by itself. */
  | 'serial'

/** @param operators those of the plan, from the last one down (see `Engine.operators`) */
export function runOf(operators: readonly string[]): Run {
  if (operators.every(name => IN_ORDER.has(name))) return 'parallel'
  return operators.some(name => WHOLE.test(name)) ? 'whole' : 'serial'
}
