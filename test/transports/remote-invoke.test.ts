import { expect, test } from 'vitest'
import { absentClient, type Client } from '../../src/core/client.ts'
import { createRemoteInvoke } from '../../src/transports/remote-invoke.ts'
import { createConformanceMcp } from '../conformance/fixture-server.ts'
import { startHttp } from './http-client.ts'

const evidence = { kind: 'process' } as const

async function setUp() {
  const parts = await startHttp({ mcp: createConformanceMcp() })
  return { ...parts, invoke: createRemoteInvoke({ url: parts.url }, { name: 'alice', version: '1' }) }
}

/** Answers each question with the next content. */
function answering(...contents: object[]): Client {
  return {
    ...absentClient,
    can: capability => capability === 'elicitation',
    // The questions' own names, which the type of an object built from them loses.
    ask: async questions =>
      Object.fromEntries(
        Object.keys(questions).map(name => [name, { action: 'accept', content: contents.shift() }])
      ) as never
  }
}

test('what a tool shows arrives from the other process', async () => {
  await using parts = await setUp()
  const { content, envelope } = await parts.invoke({ tool: 'test_image_content', args: {}, evidence })
  expect(content).toMatchObject([{ type: 'image', mimeType: 'image/png' }])
  expect(envelope).toMatchObject({ success: true, blocks: 1 })
})

test('a tool in the other process can ask the client of this one, more than once', async () => {
  await using parts = await setUp()
  const client = answering({ name: 'Alice' }, { color: 'blue' })
  const tool = 'test_input_required_result_multi_round'
  expect((await parts.invoke({ tool, args: {}, evidence, client })).envelope).toMatchObject({
    text: 'Alice likes blue'
  })
})

test('a caller that cannot be asked learns that it should have been', async () => {
  await using parts = await setUp()
  const tool = 'test_input_required_result_multi_round'
  expect((await parts.invoke({ tool, args: {}, evidence })).failure?.code).toBe('INPUT_REQUIRED')
})
