/** Where a version came from: each step with what went in, nearest first. */
import { h } from '../dom.js'
import { count } from '../format.js'
import { cid, when } from '../parts.js'

/**
 * @typedef {{ source?: string, sha256?: string, dataset_id?: string, version?: number, cid?: string }} Input
 * @typedef {{ dataset_id: string, version: number, cid: string, created_at: string, operation: string, parameters: unknown, engine: { name: string, version: string }, inputs: Input[], num_records: number }} Step
 */

/** @param {{ lineage: Step[], truncated: boolean }} origin */
export const lineage = ({ lineage, truncated }) => [
  h('ol', { class: 'lineage' }, lineage.map(step)),
  truncated && h('p', { class: 'quiet' }, 'Older steps are left out; dataset_lineage of the last one goes on.')
]

/** @param {Step} step */
const step = step =>
  h('li', {}, [
    h('p', {}, [
      h('strong', {}, step.operation),
      ' gave ',
      h('a', { href: `#/datasets/${encodeURIComponent(step.dataset_id)}` }, step.dataset_id),
      ` version ${count(step.version)}, ${count(step.num_records)} rows, `,
      when(step.created_at),
      ` by ${step.engine.name} ${step.engine.version} `,
      cid(step.cid)
    ]),
    step.inputs.length > 0 &&
      h(
        'ul',
        {},
        step.inputs.map(input => h('li', {}, 'from ', inputOf(input)))
      ),
    hasMembers(step.parameters) &&
      h('details', {}, h('summary', {}, 'Parameters'), h('pre', {}, JSON.stringify(step.parameters, null, 2)))
  ])

/** @param {Input} input */
function inputOf({ source, sha256, dataset_id, version, cid: address }) {
  if (dataset_id !== undefined) {
    const href = `#/datasets/${encodeURIComponent(dataset_id)}`
    return [
      h('a', { href }, dataset_id),
      version !== undefined && ` version ${count(version)} `,
      address && cid(address)
    ]
  }
  const hash = sha256 !== undefined && [' sha-256 ', h('code', { title: sha256 }, `${sha256.slice(0, 12)}…`)]
  return [h('span', { class: 'value' }, source ?? 'records in the call'), hash, address && [' ', cid(address)]]
}

/** @param {unknown} value */
const hasMembers = value => typeof value === 'object' && value !== null && Object.keys(value).length > 0
