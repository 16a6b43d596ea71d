import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { columnsSchema, people, questionOf, questionShape, shownColumns } from './fields.ts'

const MAX_PLAN = 60_000

export const duckdbExplain = defineTool({
  name: 'duckdb_explain',
  title: 'Explain a query',
  askedFor: [
    'why is this SQL slow',
    'show the execution plan',
    'how will the engine run the statement',
    'cost and operators of a query'
  ],
  description:
    'Answers how a SELECT or a template would run: its SQL, the columns of its result, the datasets with their versions that it reads, and the plan of the engine. Nothing of it runs. Not for its rows: use duckdb_query.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ snapshot_id }) => `dataset:${snapshot_id ?? '*'}` },
  needs: ['datasets'],
  input: z.strictObject(questionShape),
  output: z.object({
    sql: z.string(),
    schema: columnsSchema,
    reads: z.array(z.object({ dataset_id: z.string(), version: z.int() })),
    plan: z.string(),
    truncated: z.boolean()
  }),
  errors: ['NOT_FOUND', 'SQL_FORBIDDEN', 'SQL_INVALID', 'INVALID_INPUT'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 600_000 },
  examples: [
    {
      title: 'What a template becomes',
      before: [people],
      input: { template_id: 'row_count', parameters: { dataset: 'people' } },
      output: { sql: 'SELECT count(*) AS row_count FROM "people"', reads: [{ dataset_id: 'people', version: 1 }] }
    },
    {
      title: 'A column that there is not',
      before: [people],
      input: { sql: 'SELECT agee FROM people' },
      error: 'SQL_INVALID'
    }
  ],
  async run(question, { services: { datasets }, signal }) {
    const { sql, ...target } = questionOf(question)
    const { schema, reads, text } = await datasets.explain(sql, { ...target, signal })
    return {
      sql,
      schema: shownColumns(schema),
      reads: reads.map(({ datasetId, version }) => ({ dataset_id: datasetId, version })),
      plan: text.slice(0, MAX_PLAN),
      truncated: text.length > MAX_PLAN
    }
  }
})
