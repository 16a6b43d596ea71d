/** What is kept by pins, and how large it is. */
import { h } from '../dom.js'
import { count, middle, size } from '../format.js'
import { call } from '../mcp.js'
import { createPager } from '../pager.js'
import { badge, button, cid, empty, table } from '../parts.js'

/** Each size is a walk over its blocks. */
const PAGE = 25

/** @typedef {{ type: string, dag_size_bytes: number, blocks: number, is_complete: boolean } | { message: string }} Stat */

/** @type {import('../app.js').CreateView} */
export function pins({ refresh, canAct, act }) {
  const pager = createPager(refresh)
  /** What a CID names never changes, so each is measured once, unless parts were missing. @type {Map<string, Stat>} */
  const stats = new Map()

  return {
    everyMs: 15_000,
    async load(signal) {
      const page = await call('ipfs_list_pins', { limit: PAGE, ...pager.cursor }, signal)
      const rows = []
      for (const pin of page.pins) {
        const stat =
          stats.get(pin.cid) ??
          (await call('ipfs_stat', { cid: pin.cid }, signal).catch(error => ({ message: error.message })))
        if (stat.is_complete) stats.set(pin.cid, stat)
        rows.push({ ...pin, stat })
      }
      return { ...page, pins: rows }
    },
    render({ pins, returned, total, next_cursor }) {
      if (total === 0) {
        return [
          empty(
            'Nothing is pinned. Pin what must stay:',
            'ipfs-datasets-mcp call pin_to_ipfs content_source=people.csv'
          )
        ]
      }
      const columns = canAct() ? [...COLUMNS, { title: 'Action' }] : COLUMNS
      return [
        table('Pins', columns, pins.map(row)),
        total > returned && pager.controls('pins', `${count(returned)} of ${count(total)}`, next_cursor)
      ]
    }
  }

  /** @param {{ cid: string, type: string, stat: Stat }} pin */
  function row({ cid: address, type, stat }) {
    const known = 'blocks' in stat ? stat : undefined
    const unpin = () =>
      act({
        tool: 'ipfs_unpin',
        args: { cid: address },
        question: `Unpin ${middle(address)}?`,
        text: 'Its blocks stay until the next garbage collection, and for good if another pin reaches them.',
        yes: 'Unpin'
      })
    return [
      cid(address),
      type,
      known ? known.type : h('small', {}, 'message' in stat ? stat.message : ''),
      known ? size(known.dag_size_bytes) : '?',
      known ? count(known.blocks) : '?',
      known && stateOf(type, known.is_complete),
      canAct() && button('Unpin', `unpin ${address}`, unpin, { label: `Unpin ${address}` })
    ].slice(0, canAct() ? 7 : 6)
  }
}

const COLUMNS = [
  { title: 'CID' },
  { title: 'Pin' },
  { title: 'Kind' },
  { title: 'Size', number: true },
  { title: 'Blocks', number: true },
  { title: 'State' }
]

/**
 * A direct pin holds its own block and promises nothing of what that names.
 * @param {string} type
 * @param {boolean} isComplete
 */
function stateOf(type, isComplete) {
  if (type === 'direct') return badge('one block', 'good')
  return isComplete ? badge('all here', 'good') : badge('parts missing', 'bad')
}
