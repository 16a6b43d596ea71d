/** The history of calls: what is counted, and that it stays small. */
import { expect, test } from 'vitest'
import { DURATION_BOUNDS_MS, type EndedCall, MAX_RECENT_CALLS } from '../../../src/services/calls/api.ts'
import { createCallHistory } from '../../../src/services/calls/index.ts'
import { openNode } from '../../helpers/open-node.ts'

const ended = (more: Partial<EndedCall> = {}): EndedCall => ({
  tool: 'a',
  error: undefined,
  durationMs: 1,
  caller: 'local',
  ...more
})

function open() {
  let now = 1000
  return createCallHistory({ now: () => now++ })
}

test('counts, failures, sums, extremes and histograms are those of the calls of each tool', () => {
  const history = open()
  for (const durationMs of [0.5, 1, 1.1, 40_000]) history.note(ended({ durationMs }))
  history.note(ended({ tool: 'b', error: 'NOT_FOUND', durationMs: 7 }))
  const [a, b] = history.tools()
  expect(a).toMatchObject({ tool: 'a', calls: 4, failures: 0, totalMs: 40_002.6, maxMs: 40_000 })
  expect(a?.histogram).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  expect(b).toMatchObject({ tool: 'b', calls: 1, failures: 1, maxMs: 7 })
  expect(b?.histogram.indexOf(1)).toBe(DURATION_BOUNDS_MS.indexOf(10))
})

test('the last calls are kept, newest first, and no more than so many', () => {
  const history = open()
  expect(history.recent(5)).toEqual([])
  for (let n = 0; n < MAX_RECENT_CALLS + 7; n++) history.note(ended({ durationMs: n }))
  const recent = history.recent(MAX_RECENT_CALLS * 2)
  expect(recent).toHaveLength(MAX_RECENT_CALLS)
  expect(recent.map(({ durationMs }) => durationMs)).toEqual(
    Array.from({ length: MAX_RECENT_CALLS }, (_, at) => MAX_RECENT_CALLS + 6 - at)
  )
  expect(recent[0]?.endedAt).toBeGreaterThan(recent[1]?.endedAt ?? Number.NaN)
  expect(history.recent(2)).toEqual(recent.slice(0, 2))
  expect(history.tools()[0]?.calls).toBe(MAX_RECENT_CALLS + 7)
})

test('what was answered does not change with later calls', () => {
  const history = open()
  history.note(ended())
  const [before] = history.tools()
  history.note(ended())
  expect(before).toMatchObject({ calls: 1 })
  expect(before?.histogram[0]).toBe(1)
})

test('the tool shows what became of real calls and nothing of what they said', async () => {
  await using node = await openNode()
  await node.call('list_datasets')
  await node.call('describe_dataset', { dataset_id: 'secret-name' })
  await node.call('secret_tool', { token: 'secret' })
  const shown = await node.call('call_history')
  expect(shown).toMatchObject({ total_calls: 3, total_failures: 2 })
  expect(shown.recent).toMatchObject([
    { tool: 'unknown', outcome: 'TOOL_NOT_FOUND', caller: 'local' },
    { tool: 'describe_dataset', outcome: 'NOT_FOUND', caller: 'local' },
    { tool: 'list_datasets', outcome: 'OK', caller: 'local' }
  ])
  expect(JSON.stringify(shown)).not.toContain('secret')
})
