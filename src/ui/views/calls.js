/** Which tools were called, how long they took and how they ended. */
import { h } from '../dom.js'
import { count, duration, share } from '../format.js'
import { call } from '../mcp.js'
import { badge, empty, figure, figures, section, table, when } from '../parts.js'
import { histogram } from '../plots.js'

/** @type {import('../app.js').CreateView} */
export const calls = () => ({
  everyMs: 4000,
  load: signal => call('call_history', { limit: 100 }, signal),
  render({ since, total_calls, total_failures, bounds_ms, tools, recent }) {
    if (total_calls === 0) {
      return [
        empty(
          'No call since the server started. What this page asks for to show itself is not counted. Make one:',
          'ipfs-datasets-mcp call list_datasets'
        )
      ]
    }
    return [
      figures(
        figure('Calls', count(total_calls), ['since ', when(since)]),
        figure('Failed', count(total_failures), share(total_failures / total_calls)),
        figure('Tools used', count(tools.length))
      ),
      section(
        'By tool',
        table(
          'Calls by tool',
          TOOL_COLUMNS,
          tools.map((/** @type {Tool} */ tool) => toolRow(tool, bounds_ms))
        )
      ),
      section('Last calls', table('Last calls, newest first', CALL_COLUMNS, recent.map(callRow)))
    ]
  }
})

/**
 * @typedef {{ tool: string, calls: number, failures: number, mean_ms: number, max_ms: number, histogram: number[] }} Tool
 * @typedef {{ tool: string, outcome: string, duration_ms: number, ended_at: string, caller: string }} Call
 */

const TOOL_COLUMNS = [
  { title: 'Tool' },
  { title: 'Calls', number: true },
  { title: 'Failed', number: true },
  { title: 'Mean', number: true },
  { title: 'Longest', number: true },
  { title: '≤ 1 ms … > 30 s' }
]
const CALL_COLUMNS = [
  { title: 'Ended' },
  { title: 'Tool' },
  { title: 'Outcome' },
  { title: 'Took', number: true },
  { title: 'Caller' }
]

/**
 * @param {Tool} tool
 * @param {number[]} bounds
 */
function toolRow(tool, bounds) {
  const name = (/** @type {number} */ at) =>
    at < bounds.length ? `≤ ${duration(bounds[at] ?? 0)}` : `> ${duration(bounds.at(-1) ?? 0)}`
  const told = tool.histogram.flatMap((n, at) => (n === 0 ? [] : [`${name(at)}: ${count(n)}`])).join(', ')
  return [
    h('code', {}, tool.tool),
    count(tool.calls),
    tool.failures > 0 ? badge(count(tool.failures), 'bad') : '0',
    duration(tool.mean_ms),
    duration(tool.max_ms),
    histogram(`Durations of ${tool.tool}: ${told}`, tool.histogram, name)
  ]
}

/** @param {Call} ended */
const callRow = ended => [
  when(ended.ended_at),
  h('code', {}, ended.tool),
  ended.outcome === 'OK' ? badge('OK', 'good') : badge(ended.outcome, 'bad'),
  duration(ended.duration_ms),
  ended.caller
]
