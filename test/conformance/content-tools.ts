/** Tools of the conformance suite that show content, report progress, log and change lists. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../src/core/errors.ts'
import { type CallContext, type ContentBlock, defineTool, type Tool } from '../../src/core/tool.ts'
import type { ChangeFeed } from '../../src/transports/changes.ts'
import { fixture } from '../helpers/fixture-node.ts'
import { PNG, WAV } from './samples.ts'

/** Longer than the progress of one call is throttled to, so that each step is seen. */
const STEP_MS = 120

const nothing = z.strictObject({})
const text = z.object({ text: z.string() })
export const shownText = ({ text }: { text: string }): ContentBlock[] => [{ type: 'text', text }]

const showing = (name: string, content: readonly ContentBlock[]) =>
  defineTool({
    ...fixture,
    name,
    needs: [],
    input: nothing,
    output: z.object({ blocks: z.int() }),
    run: () => ({ blocks: content.length }),
    present: () => content
  })

const doing = (name: string, run: (context: CallContext<never>) => Promise<string> | string) =>
  defineTool({
    ...fixture,
    name,
    needs: [],
    input: nothing,
    output: text,
    run: async (_input, context) => ({ text: await run(context) }),
    present: shownText
  })

const embedded = (uri: string, mimeType: string, content: string): ContentBlock => ({
  type: 'resource',
  resource: { uri, mimeType, text: content }
})

export function contentTools(changes: ChangeFeed): Tool[] {
  return [
    showing('test_simple_text', [{ type: 'text', text: 'This is a simple text response for testing.' }]),
    showing('test_image_content', [{ type: 'image', data: PNG, mimeType: 'image/png' }]),
    showing('test_audio_content', [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }]),
    showing('test_embedded_resource', [
      embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')
    ]),
    showing('test_multiple_content_types', [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}')
    ]),
    doing('test_error_handling', () => {
      throw new AppError('BAD_DATA', 'This tool intentionally returns an error for testing')
    }),
    doing('test_tool_with_progress', async ({ progress, signal }) => {
      for (const done of [0, 50, 100]) {
        progress(done, 100)
        await sleep(STEP_MS, undefined, { signal })
      }
      return 'Reported 0, 50 and 100 of 100'
    }),
    doing('test_tool_with_logging', async ({ client, signal }) => {
      client.tell('info', 'Tool execution started')
      await sleep(50, undefined, { signal })
      client.tell('info', 'Tool processing data')
      await sleep(50, undefined, { signal })
      client.tell('info', 'Tool execution completed')
      return 'Logged three messages'
    }),
    doing('test_logging_tool', ({ client }) => {
      client.tell('info', 'A message that was not asked for')
      return 'Logged if it was asked to'
    }),
    doing('test_trigger_tool_change', () => {
      changes.emit({ kind: 'tools' })
      return 'Told that the tools have changed'
    }),
    doing('test_trigger_prompt_change', () => {
      changes.emit({ kind: 'prompts' })
      return 'Told that the prompts have changed'
    }),
    doing('test_reconnection', async ({ signal }) => {
      await sleep(100, undefined, { signal })
      return 'Answered after a while'
    }),
    defineTool({
      ...fixture,
      name: 'test_parameter_header',
      needs: [],
      input: z.strictObject({ region: z.string().max(100).meta({ 'x-mcp-header': 'Region' }) }),
      output: text,
      run: ({ region }) => ({ text: region }),
      present: shownText
    })
  ]
}
