import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { PLACE_KINDS, QUERY_TEMPLATES } from '../../domain/tabular/query-templates.ts'

export const duckdbListTemplates = defineTool({
  name: 'duckdb_list_templates',
  title: 'List ready-made queries',
  askedFor: ['canned SQL with parameters', 'which prepared statements exist', 'ready reports to fill in'],
  description:
    'Lists the queries that are ready to be filled in with a dataset, columns and values, and the parameters of each; duckdb_query runs one by its template_id. Not for datasets and their columns: use describe_dataset.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: () => 'templates' },
  needs: [],
  input: z.strictObject({ template_id: z.string().min(1).max(100).optional().describe('This one only') }),
  output: z.object({
    templates: z.array(
      z.object({
        template_id: z.string(),
        title: z.string(),
        parameters: z.array(
          z.object({
            name: z.string(),
            kind: z.enum(PLACE_KINDS),
            description: z.string(),
            required: z.boolean(),
            default: z.union([z.string(), z.number()]).optional(),
            choices: z.array(z.string()).optional()
          })
        )
      })
    )
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'One of them',
      input: { template_id: 'row_count' },
      output: { templates: [{ template_id: 'row_count', parameters: [{ name: 'dataset', required: true }] }] }
    },
    { title: 'None of this name', input: { template_id: 'pivot' }, output: { templates: [] } }
  ],
  run: ({ template_id }) => ({
    templates: QUERY_TEMPLATES.filter(({ id }) => template_id === undefined || id === template_id).map(
      ({ id, title, places }) => ({
        template_id: id,
        title,
        parameters: places.map(({ name, kind, description, fallback, choices }) => ({
          name,
          kind,
          description,
          required: fallback === undefined,
          ...(fallback !== undefined && { default: fallback }),
          ...(choices && { choices: [...choices] })
        }))
      })
    )
  })
})
