import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'

export const toolsListTools = defineTool({
  name: 'tools_list_tools',
  title: 'List the tools of a category',
  askedFor: [
    'everything in one area of the server',
    'names of the functions of a group',
    'what else is in this family'
  ],
  description: 'Lists the tools of one category. Then tools_get_schema. Not for a job at hand: use tools_search.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'tools/list', resource: ({ category }) => `tools:${category}` },
  needs: ['catalog'],
  input: z.strictObject({
    category: z.string().min(1).max(128).describe('A name from tools_list_categories'),
    include_aliases: z.boolean().default(false)
  }),
  output: z.object({
    category: z.string(),
    description: z.string(),
    tool_count: z.int().min(0),
    tools: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        group: z.string().optional(),
        aliases: z.array(z.string()).optional(),
        unavailable: z.string().optional()
      })
    )
  }),
  errors: ['TOOL_NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'The dataset tools', input: { category: 'dataset_tools' }, output: { category: 'dataset_tools' } },
    { title: 'The tools about tools', input: { category: 'meta' }, output: { category: 'meta', tool_count: 5 } }
  ],
  run({ category, include_aliases }, { services }) {
    const { id, summary, tools } = services.catalog.category(category)
    return {
      category: id,
      description: summary,
      tool_count: tools.length,
      tools: tools.map(tool => {
        const unavailable = services.catalog.unavailability(tool)
        return {
          name: tool.name,
          description: tool.title,
          ...(tool.group !== undefined && { group: tool.group }),
          ...(include_aliases && { aliases: (tool.aliases ?? []).map(alias => alias.name) }),
          ...(unavailable !== undefined && { unavailable })
        }
      })
    }
  }
})
