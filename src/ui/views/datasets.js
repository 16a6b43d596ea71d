/** The datasets that are here. */
import { h } from '../dom.js'
import { count, size } from '../format.js'
import { call } from '../mcp.js'
import { createPager } from '../pager.js'
import { cid, empty, table, when } from '../parts.js'

/** @typedef {{ dataset_id: string, version: number, num_records: number, num_columns: number, cid: string, size_bytes: number, created_at: string }} Dataset */

/** @type {import('../app.js').CreateView} */
export function datasets({ refresh }) {
  const pager = createPager(refresh)
  return {
    everyMs: 5000,
    load: signal => call('list_datasets', { limit: 50, ...pager.cursor }, signal),
    render({ datasets, returned, total, next_cursor }) {
      if (total === 0) {
        return [empty('There is no dataset yet. Load one:', 'ipfs-datasets-mcp call load_dataset source=people.csv')]
      }
      return [
        table('Datasets', COLUMNS, datasets.map(row)),
        total > returned && pager.controls('datasets', `${count(returned)} of ${count(total)}`, next_cursor)
      ]
    }
  }
}

const COLUMNS = [
  { title: 'Dataset' },
  { title: 'Rows', number: true },
  { title: 'Columns', number: true },
  { title: 'Size', number: true },
  { title: 'Version', number: true },
  { title: 'Made' },
  { title: 'CID' }
]

/** @param {Dataset} dataset */
const row = dataset => [
  h(
    'a',
    { href: `#/datasets/${encodeURIComponent(dataset.dataset_id)}`, 'data-key': `dataset ${dataset.dataset_id}` },
    dataset.dataset_id
  ),
  count(dataset.num_records),
  count(dataset.num_columns),
  size(dataset.size_bytes),
  count(dataset.version),
  when(dataset.created_at),
  cid(dataset.cid)
]
