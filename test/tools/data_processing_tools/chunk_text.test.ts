/** chunk_text through a whole node: its lane is the threads of the worker lane. */

import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/config.ts'
import { silentLog } from '../../../src/core/log.ts'
import { startNode } from '../../../src/node.ts'
import { metricsText } from '../../helpers/metrics.ts'
import { createWorkspace } from '../../helpers/processes.ts'

interface Page {
  chunks: { index: number; text: string; start: number; end: number }[]
  returned: number
  total: number
  truncated: boolean
  next_chunk?: number
}

async function open() {
  const workspace = await createWorkspace()
  const { cwd, dataDir } = workspace
  const flags = { 'data-dir': dataDir }
  const config = await loadConfig({ flags, env: {}, cwd, home: cwd, readFile: async () => '' })
  const node = await startNode(config, { log: silentLog })
  const call = async (args: object) =>
    (await node.invoke({ tool: 'chunk_text', args, evidence: { kind: 'process' } })).envelope
  return {
    node,
    call,
    async [Symbol.asyncDispose]() {
      await node.stop()
      await workspace[Symbol.asyncDispose]()
    }
  }
}

test('pages of chunks put together are the text again, and each stays within what a result may have', async () => {
  await using opened = await open()
  const text = Array.from({ length: 40_000 }, (_, index) => `Satz ${index} äöü.`).join(' ')
  let rebuilt = ''
  let next: number | undefined = 0
  let pages = 0
  while (next !== undefined) {
    // The envelope has the members of the tool's output.
    const page = (await opened.call({
      text,
      chunk_size: 1000,
      overlap: 0,
      max_chunks: 1000,
      first_chunk: next
    })) as unknown as Page
    expect(JSON.stringify(page).length).toBeLessThan(100_000)
    expect(page.returned).toBe(page.chunks.length)
    expect(page.total).toBe(Math.ceil(text.length / 1000))
    rebuilt += page.chunks.map(chunk => chunk.text).join('')
    next = page.next_chunk
    pages++
  }
  expect(rebuilt).toBe(text)
  expect(pages).toBeGreaterThan(5)
  expect(await metricsText(opened.node.metrics)).toContain(
    `_count{gen_ai_tool_name="chunk_text",runtime="worker"} ${pages}`
  )
})

test('an empty text has no chunks, and a page after the last is empty', async () => {
  await using opened = await open()
  expect(await opened.call({ text: '' })).toMatchObject({ success: true, chunks: [], total: 0, truncated: false })
  expect(await opened.call({ text: 'abc', first_chunk: 7 })).toMatchObject({ success: true, chunks: [], total: 1 })
})

test('bad input is named with its path', async () => {
  await using opened = await open()
  for (const [args, path] of [
    [{ text: 'x', overlap: 11, chunk_size: 20 }, '/overlap'],
    [{ text: 'x', strategy: 'semantic' }, '/strategy'],
    [{ text: 7 }, '/text'],
    [{ text: 'x', chunk_size: 0 }, '/chunk_size']
  ] as const) {
    expect(await opened.call(args)).toMatchObject({ error: 'INVALID_INPUT', issues: [{ path }] })
  }
})
