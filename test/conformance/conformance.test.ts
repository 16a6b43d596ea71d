import { describe, expect, test } from 'vitest'
import { createConformanceServer } from './fixture-server.ts'
import { createP2pBridge } from './p2p-bridge.ts'
import { judge, REVISIONS, requiredScenarios } from './referee.ts'
import { createStdioBridge } from './stdio-bridge.ts'

/** Not scored by the suite, and held all the same. */
const HELD_BEYOND_THE_SCORE = {
  '2026-07-28': [
    'http-custom-header-server-validation',
    'http-header-validation',
    'json-schema-2020-12',
    'tasks-capability-negotiation',
    'tasks-dispatch-and-envelope',
    'tasks-lifecycle',
    'tasks-mrtr-composition',
    'tasks-mrtr-input',
    'tasks-request-headers',
    'tasks-request-state-removal',
    'tasks-required-task-error',
    'tasks-status-notifications',
    'tasks-wire-fields'
  ],
  '2025-11-25': ['json-schema-2020-12', 'server-session-lifecycle', 'server-sse-polling']
}

// Most of their time they wait, for progress and for deadlines of the suite.
describe.concurrent.each([
  ['HTTP', createConformanceServer],
  ['stdio', createStdioBridge],
  ['/mcp+p2p/1.0.0', createP2pBridge]
] as const)('over %s', (_name, create) => {
  test.each(REVISIONS)(
    'every scored server scenario of %s passes, without a warning',
    async revision => {
      const server = create(0)
      await server.start()
      try {
        const verdicts = await judge(server.url ?? '', revision)
        const failed = verdicts.filter(
          verdict => verdict.isScored && (verdict.failures.length > 0 || verdict.passed === 0)
        )
        expect(failed).toEqual([])
        const passed = new Set(
          verdicts.filter(verdict => verdict.failures.length === 0).map(verdict => verdict.scenario)
        )
        expect(
          [...(await requiredScenarios(revision)), ...HELD_BEYOND_THE_SCORE[revision]].filter(name => !passed.has(name))
        ).toEqual([])
      } finally {
        await server.stop()
      }
    },
    240_000
  )
})

test('the referee asks for as many scenarios as it did when this was written', async () => {
  expect(await Promise.all(REVISIONS.map(async revision => (await requiredScenarios(revision)).length))).toEqual([
    37, 30
  ])
})
