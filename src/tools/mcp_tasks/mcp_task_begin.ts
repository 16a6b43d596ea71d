import { z } from 'zod'
import type { ClientCapability } from '../../core/client.ts'
import { defineTool } from '../../core/tool.ts'
import { handleField, RESULT_BYTES, stateField } from './fields.ts'

/** A call that ends so soon needs no handle, and nobody notices the wait for one that does not. */
const PROMPT_MS = 500
const CAPABILITIES: ClientCapability[] = ['elicitation', 'sampling', 'roots']

export const mcpTaskBegin = defineTool({
  name: 'mcp_task_begin',
  title: 'Begin a long call',
  description:
    'Begins a call that may take long and answers its task, which may have ended by then; no task for a call that is none of those or does not fit its schema. Not for calls that you wait for: use tools_dispatch.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'tools/call', resource: ({ tool }) => `tools:${tool}` },
  needs: ['catalog', 'longCalls'],
  input: z.strictObject({
    category: z.string().min(1).max(128).optional(),
    tool: z.string().min(1).max(128),
    arguments: z.record(z.string(), z.unknown()).optional(),
    task_id: handleField().optional().describe('The handle that the call shall have; made here by default')
  }),
  output: z.object({ task: stateField().optional() }),
  errors: ['TOOL_NOT_FOUND', 'INPUT_REQUIRED', 'IDEMPOTENCY_CONFLICT', 'STORAGE_FAILED', 'STORAGE_FULL'],
  limits: { resultBytes: RESULT_BYTES, waits: true },
  examples: [
    {
      title: 'A load with a chosen handle',
      input: { tool: 'load_dataset', arguments: { source: 'people.csv' }, task_id: 'people' },
      output: { task: { taskId: 'people' } }
    },
    { title: 'A call that is always quick', input: { tool: 'list_datasets' }, output: {} }
  ],
  async run({ category, tool, arguments: args = {}, task_id }, { services, client, principal, signal }) {
    const { entry } = services.catalog.resolve(tool, category)
    const code = await services.catalog.load(entry)
    const input = code.input.safeParse(args)
    if (!entry.asTask || !input.success) return {}
    const answers = code.asksFirst ? await client.ask(code.asksFirst(input.data)) : {}
    const call = {
      tool,
      category: entry.category,
      args,
      answers,
      can: CAPABILITIES.filter(capability => client.can(capability)),
      isRetrySafe: entry.limits.isRetrySafe,
      submitter: principal,
      ...(task_id !== undefined && { taskId: task_id })
    }
    return { task: await services.longCalls.begin(call, { waitMs: PROMPT_MS, signal }) }
  }
})
