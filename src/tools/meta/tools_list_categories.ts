import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'

export const toolsListCategories = defineTool({
  name: 'tools_list_categories',
  title: 'List tool categories',
  askedFor: ['what kinds of things can this server do', 'overview of all areas', 'how are the tools grouped'],
  description: 'Lists the groups that tools come in; then tools_list_tools. Not for a job at hand: use tools_search.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'tools/list', resource: () => 'tools:*' },
  needs: ['catalog'],
  input: z.strictObject({
    include_count: z.boolean().default(false)
  }),
  output: z.object({
    category_count: z.int().min(0),
    categories: z.array(
      z.object({ name: z.string(), title: z.string(), description: z.string(), tool_count: z.int().optional() })
    )
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'What is here', input: {}, output: {} },
    { title: 'With counts', input: { include_count: true }, output: {} }
  ],
  run({ include_count }, { services }) {
    const categories = services.catalog.categories.map(category => ({
      name: category.id,
      title: category.title,
      description: category.summary,
      ...(include_count && { tool_count: category.tools.length })
    }))
    return { category_count: categories.length, categories }
  }
})
