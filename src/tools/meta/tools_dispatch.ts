import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'

/** The dispatcher turns a call of this into the call inside it before it looks for code to run. */
export const toolsDispatch = defineTool({
  name: 'tools_dispatch',
  title: 'Call a tool',
  askedFor: [
    'run something by its name with parameters',
    'invoke an operation that is not listed',
    'execute a named function'
  ],
  description:
    'Calls any tool by name with its parameters and answers what that tool answers. Not for guessing at parameters: use tools_get_schema first.',
  runtime: 'general',
  effect: 'external',
  capability: { ability: 'tools/call', resource: ({ tool }) => `tools:${tool}` },
  needs: [],
  input: z.strictObject({
    category: z.string().min(1).max(128).optional(),
    tool: z.string().min(1).max(128),
    params: z.record(z.string(), z.unknown()).optional()
  }),
  output: z.looseObject({}),
  errors: ['TOOL_NOT_FOUND'],
  examples: [
    {
      title: 'List what is loaded',
      input: { category: 'dataset_tools', tool: 'list_datasets', params: {} },
      output: { success: true }
    },
    { title: 'Without a category', input: { tool: 'tools_list_categories' }, output: { success: true } }
  ],
  run() {
    throw new AppError('INTERNAL', 'tools_dispatch reached a lane instead of the call inside it')
  }
})
