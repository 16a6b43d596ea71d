import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'

export const toolsGetSchema = defineTool({
  name: 'tools_get_schema',
  title: 'Show how a tool is called',
  askedFor: [
    'input and output format of an operation',
    'which arguments does it take',
    'what is required and what is optional',
    'what does it return'
  ],
  description:
    'Answers a tool’s description and JSON Schemas (2020-12). Then tools_dispatch. Not for finding a tool: use tools_search.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'tools/list', resource: ({ tool }) => `tools:${tool}` },
  needs: ['catalog'],
  input: z.strictObject({
    category: z.string().min(1).max(128),
    tool: z.string().min(1).max(128)
  }),
  output: z.object({
    schema: z.looseObject({ name: z.string(), parameters: z.looseObject({}), returns: z.looseObject({}) })
  }),
  errors: ['TOOL_NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'How to load', input: { category: 'dataset_tools', tool: 'load_dataset' }, output: {} },
    { title: 'How to dispatch', input: { category: 'meta', tool: 'tools_dispatch' }, output: {} }
  ],
  run({ category, tool }, { services }) {
    const { entry, alias } = services.catalog.resolve(tool, category)
    return {
      schema: {
        name: entry.name,
        category: entry.category,
        title: entry.title,
        description: entry.description,
        effect: entry.effect,
        runtime: entry.runtime,
        parameters: entry.inputSchema,
        returns: entry.outputSchema,
        errors: [...entry.errors],
        contract: entry.contract,
        ...(alias && { alias })
      }
    }
  }
})
