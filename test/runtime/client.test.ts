import { expect, test } from 'vitest'
import { z } from 'zod'
import { createLog } from '../../src/core/log.ts'
import { type CallContext, defineTool } from '../../src/core/tool.ts'
import { createFixtureNode, fixture } from '../helpers/fixture-node.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const evidence = { kind: 'process' } as const

function setUp(run: (context: CallContext<never>) => Promise<string>, write: (line: string) => void = () => {}) {
  const tool = defineTool({
    ...fixture,
    name: 'speak',
    needs: [],
    input: z.strictObject({}),
    output: z.object({ text: z.string() }),
    run: async (_input, context) => ({ text: await run(context) }),
    present: ({ text }) => [{ type: 'text', text: `« ${text} »` }]
  })
  const category = { id: 'speech', title: 'Speech', summary: 'A fixture', tools: [tool] }
  return createFixtureNode({ categories: [category], log: createLog('debug', write) }).dispatcher
}

test('what a tool shows comes beside its checked value and never beside a failure', async () => {
  const { invoke } = setUp(async () => 'well')
  const { envelope, content } = await invoke({ tool: 'speak', args: {}, evidence })
  expect(envelope).toMatchObject({ success: true, text: 'well' })
  expect(content).toEqual([{ type: 'text', text: '« well »' }])
  const failed = await invoke({ tool: 'speak', args: { more: 1 }, evidence })
  expect(failed.failure?.code).toBe('INVALID_INPUT')
  expect(failed.content).toBeUndefined()
})

test('a tool that asks a caller who is no client fails with INPUT_REQUIRED', async () => {
  const { invoke } = setUp(async ({ client }) => {
    client.tell('info', 'nobody hears this')
    expect(client.can('roots')).toBe(false)
    return JSON.stringify(await client.ask({ roots: { method: 'roots/list' } }))
  })
  expect((await invoke({ tool: 'speak', args: {}, evidence })).failure?.code).toBe('INPUT_REQUIRED')
})

test('the trace of the caller stands in each line that the call logs', async () => {
  const lines: string[] = []
  const { invoke } = setUp(
    async ({ log }) => {
      log.info('speaking')
      return 'well'
    },
    line => lines.push(line)
  )
  await invoke({ tool: 'speak', args: {}, evidence, trace: { traceparent: TRACEPARENT } })
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { message: 'speaking', trace_id: TRACEPARENT.slice(3, 35), span_id: TRACEPARENT.slice(36, 52) }
  ])
})
