import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect, test } from 'vitest'
import { createClient, ERAS, MODERN_META } from './counterpart.ts'

const SCRIPT = new URL('./start-path.ts', import.meta.url).pathname

/** What a server has loaded after these messages, and what it said. */
async function run(messages: readonly object[]) {
  const child = spawn(process.execPath, [SCRIPT])
  child.stdin.end(messages.map(message => `${JSON.stringify(message)}\n`).join(''))
  const [answers, loaded] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { answers: answers.trim().split('\n'), loaded: JSON.parse(loaded) as string[] }
}

const clientInfo = { name: 'alice', version: '1' }
const START = [
  { id: 1, method: 'server/discover', params: { _meta: MODERN_META } },
  { id: 2, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo } },
  { method: 'notifications/initialized' },
  { id: 3, method: 'tools/list' },
  { id: 4, method: 'tools/list', params: { _meta: MODERN_META } },
  { id: 5, method: 'ping' }
].map(message => ({ jsonrpc: '2.0', ...message }))

test('a start over stdio loads no schema library, no SDK and no HTTP', async () => {
  const { answers, loaded } = await run(START)
  expect(answers.map(answer => JSON.parse(answer).id).sort()).toEqual([1, 2, 3, 4, 5])
  expect(loaded.filter(url => /zod|modelcontextprotocol|^node:https?$/.test(url))).toEqual([])
  expect(loaded.some(url => url.endsWith('/stdio.ts'))).toBe(true)
})

test.each(ERAS)("the SDK's client of the %s era drives a server in a process of its own", async era => {
  const client = createClient(era)
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [SCRIPT], stderr: 'ignore' }))
  expect((await client.listTools()).tools).toEqual([])
  expect((await client.callTool({ name: 'any' })).structuredContent).toEqual({ success: true })
  await client.close()
})
