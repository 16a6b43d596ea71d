/** One dataset: its figures, its columns with their distributions, its rows page by page, and where it came from. */
import { h, replace } from '../dom.js'
import { cell, count, share, size } from '../format.js'
import { call } from '../mcp.js'
import { createPager } from '../pager.js'
import { cid, failure, figure, figures, section, table, when } from '../parts.js'
import { plotColumn } from './column-plot.js'
import { lineage } from './lineage.js'

const PAGE_ROWS = 25
/** Columns that are plotted at first; each plot is a query. */
const PLOTTED = 12

/** @typedef {import('./column-plot.js').Column} Column */

/** @type {import('../app.js').CreateView} */
export function dataset({ params, signal }) {
  const [datasetId = ''] = params
  return {
    async load() {
      const [described, origin] = await Promise.all([
        call('describe_dataset', { dataset_id: datasetId }, signal),
        call('dataset_lineage', { dataset_id: datasetId }, signal)
      ])
      return { described, origin }
    },
    render({ described, origin }) {
      const columns = h('div', {}, columnTable(datasetId, described, PLOTTED, signal))
      const rows = h('div', {})
      showRows(datasetId, rows, signal)
      return [
        h('p', { class: 'lead' }, h('a', { href: '#/datasets' }, 'All datasets')),
        figures(
          figure('Rows', count(described.num_records)),
          figure('Columns', count(described.num_columns)),
          figure('Size', size(described.size_bytes)),
          figure('Version', count(described.version), `of ${count(described.versions)}`),
          figure('Made', when(described.created_at))
        ),
        h('p', { class: 'cids' }, 'Version ', cid(described.cid), ' Data ', cid(described.data_cid)),
        section('Columns', columns),
        section('Rows', rows),
        section('Where it came from', lineage(origin))
      ]
    }
  }
}

const COLUMNS = [
  { title: 'Column' },
  { title: 'Type' },
  { title: 'Empty', number: true },
  { title: 'Distinct', number: true },
  { title: 'Least' },
  { title: 'Greatest' },
  { title: 'Mean', number: true },
  { title: 'Distribution' }
]

/**
 * @param {string} datasetId
 * @param {{ num_records: number, num_columns: number, schema: Column[], truncated: boolean }} described
 * @param {number} plotted
 * @param {AbortSignal} signal
 * @returns {import('../dom.js').Child[]}
 */
function columnTable(datasetId, described, plotted, signal) {
  const { schema, num_records, truncated, num_columns } = described
  const rows = schema.map((column, at) => {
    const place = h('div', { class: 'distribution' })
    if (at < plotted && num_records > 0) void plotColumn(datasetId, column, place, signal)
    return [
      h('code', {}, column.name),
      h('small', {}, column.type),
      num_records === 0 ? '–' : share(column.nulls / num_records),
      `≈ ${count(column.approx_distinct)}`,
      h('span', { class: 'value' }, cell(column.min)),
      h('span', { class: 'value' }, cell(column.max)),
      column.mean === null ? '' : cell(column.mean),
      place
    ]
  })
  const more = h('button', { type: 'button', 'data-key': 'plot more' }, `Plot all ${count(schema.length)} columns`)
  more.addEventListener('click', ({ currentTarget }) => {
    const place = currentTarget instanceof Element ? currentTarget.parentElement : null
    if (place) replace(place, columnTable(datasetId, described, schema.length, signal))
  })
  return [
    table('Columns', COLUMNS, rows),
    plotted < schema.length && more,
    truncated && h('p', { class: 'quiet' }, `The first ${count(schema.length)} of ${count(num_columns)} columns.`)
  ]
}

/**
 * @param {string} datasetId
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 */
function showRows(datasetId, place, signal) {
  const pager = createPager(() => void show())
  /** Rows before each page on the way. @type {number[]} */
  const starts = [0]

  async function show() {
    place.setAttribute('aria-busy', 'true')
    try {
      const page = await call(
        'query_dataset',
        { dataset_id: datasetId, sql: 'SELECT * FROM dataset', limit: PAGE_ROWS, ...pager.cursor },
        signal
      )
      replace(place, rowsOf(page))
    } catch (error) {
      if (!signal.aborted) replace(place, [failure(error)])
    }
    place.removeAttribute('aria-busy')
  }

  /** @param {{ schema: { name: string, type: string }[], rows: Record<string, unknown>[], returned: number, total: number, next_cursor?: string }} page */
  function rowsOf({ schema, rows, returned, total, next_cursor }) {
    const before = starts[pager.depth] ?? 0
    const until = before + returned
    starts[pager.depth + 1] = until
    const what = total === 0 ? 'No rows' : `${count(before + 1)}–${count(until)} of ${count(total)}`
    const columns = schema.map(({ name, type }) => ({ title: name, number: /INT|DOUBLE|FLOAT|DECIMAL/.test(type) }))
    const cells = rows.map(row =>
      schema.map(({ name }) => h('span', { class: row[name] === null ? 'value quiet' : 'value' }, cell(row[name])))
    )
    return [table('Rows', columns, cells), pager.controls('rows', what, next_cursor)]
  }

  void show()
}
