import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import type { Match } from '../../domain/search/scorer.ts'
import { createToolSearch } from '../../domain/search/search.ts'

export const toolsSearch = defineTool({
  name: 'tools_search',
  title: 'Find the right tool',
  askedFor: [
    'which tool should I use for this job',
    'is there a function that can do it',
    'find a capability by describing the need'
  ],
  description:
    'Finds the tools that do what is told in plain words, best first. Then tools_get_schema. Not for an overview: use tools_list_categories.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'tools/list', resource: ({ category }) => `tools:${category ?? '*'}` },
  needs: ['catalog'],
  input: z.strictObject({
    query: z.string().trim().min(1).max(400).describe('What is to be done'),
    limit: z.int().min(1).max(50).default(5),
    category: z.string().min(1).max(128).optional()
  }),
  output: z.object({
    total: z.number(),
    tools: z.array(
      z.object({
        name: z.string(),
        category: z.string(),
        title: z.string(),
        score: z.number(),
        why: z.array(z.string()),
        unavailable: z.string().optional()
      })
    )
  }),
  errors: ['TOOL_NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'In plain words', input: { query: 'which rows changed between two tables', limit: 3 }, output: {} },
    {
      title: 'In one category, with a slip of the pen',
      input: { query: 'shema of a tool', category: 'meta', limit: 1 },
      output: { tools: [{ name: 'tools_get_schema', score: 1 }] }
    }
  ],
  run({ query, limit, category }, { services: { catalog } }) {
    if (category !== undefined) catalog.category(category)
    const { total, hits } = catalog.derive(createToolSearch).search(query, {
      limit,
      ...(category !== undefined && { category })
    })
    const tools = hits.map(({ name, category, title, score, why }) => {
      const unavailable = catalog.unavailability(catalog.resolve(name).entry)
      return { name, category, title, score, why: why.map(tell), ...(unavailable !== undefined && { unavailable }) }
    })
    return { total, tools }
  }
})

function tell({ word, as, field }: Match): string {
  return as === undefined ? `${word} in ${field}` : `${word} as ${as} in ${field}`
}
