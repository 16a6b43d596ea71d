/** How the values of a column are spread, asked by SQL. */
import { h } from '../dom.js'
import { cell, count } from '../format.js'
import { call } from '../mcp.js'
import { bars, histogram } from '../plots.js'

/** @typedef {{ name: string, type: string, nulls: number, approx_distinct: number, min: unknown, max: unknown, mean: number | null }} Column */

const BINS = 20
const TOP = 5
const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\))$/
const TIMES = /^(DATE|TIMESTAMP.*)$/
const WORDS = /^(VARCHAR|BOOLEAN|UUID|ENUM\(.*\)|TIME)$/

/** Plots under way at once; the server has other callers. */
const PLACES = 2
let running = 0
/** @type {(() => void)[]} */
const waiting = []

/**
 * Fills the place with a plot, or says why there is none.
 * @param {string} datasetId
 * @param {Column} column
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 */
export async function plotColumn(datasetId, column, place, signal) {
  if (running >= PLACES) await new Promise(resolve => waiting.push(() => resolve(undefined)))
  running++
  try {
    if (!signal.aborted) place.replaceChildren(await plotOf(datasetId, column, signal))
  } catch (error) {
    if (!signal.aborted) place.replaceChildren(h('small', {}, error instanceof Error ? error.message : String(error)))
  } finally {
    running--
    waiting.shift()?.()
  }
}

/**
 * @param {string} datasetId
 * @param {Column} column
 * @param {AbortSignal} signal
 */
async function plotOf(datasetId, { name, type, min, max }, signal) {
  const column = `"${name.replaceAll('"', '""')}"`
  const query = async (/** @type {string} */ sql) =>
    (await call('query_dataset', { dataset_id: datasetId, sql, limit: 100 }, signal)).rows
  if (NUMBERS.test(type) || TIMES.test(type)) {
    const number = TIMES.test(type) ? `epoch(${column})` : `${column}::DOUBLE`
    /** @type {{ bin: number, n: number }[]} */
    const rows = await query(binned(number))
    const counts = new Array(BINS).fill(0)
    for (const { bin, n } of rows) counts[bin] = n
    const most = counts.indexOf(Math.max(...counts))
    const told = `${name} in ${BINS} steps from ${cell(min)} to ${cell(max)}; most, ${count(counts[most])}, in step ${most + 1}`
    return histogram(told, counts, at => `step ${at + 1} of ${BINS}`)
  }
  if (!WORDS.test(type)) return h('small', {}, 'Nested values are not plotted')
  const words = `SELECT ${column} AS value, count(*) AS n FROM dataset WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, value LIMIT ${TOP}`
  return bars(`Most frequent values of ${name}`, await query(words))
}

/**
 * Equal steps from the least to the greatest finite value; the last one holds the greatest too.
 * @param {string} number
 */
const binned = number => `WITH given AS (SELECT ${number} AS v FROM dataset),
known AS (SELECT v FROM given WHERE v IS NOT NULL AND isfinite(v)),
span AS (SELECT min(v) AS low, max(v) AS high FROM known)
SELECT CAST(CASE WHEN high = low THEN 0 ELSE least(floor((v - low) / (high - low) * ${BINS}), ${BINS - 1}) END AS INTEGER) AS bin,
count(*) AS n FROM known, span GROUP BY 1 ORDER BY 1`
