/** What the tools on SQL under handles share. */
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { sqlField } from '../../core/fields.ts'
import { fillTemplate } from '../../domain/tabular/query-templates.ts'
import type { Answer } from '../../services/datasets/api.ts'
import type { QueryState } from '../../services/queries/api.ts'

export const handleField = () =>
  z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'Use letters, digits, _, - and .')

const scalar = () =>
  z.union([z.string().max(10_000), z.number().min(-Number.MAX_VALUE).max(Number.MAX_VALUE), z.boolean()])

/** A question: a template with its parameters, or SQL; and what the table `dataset` is, if it is one. */
export const questionShape = {
  template_id: z.string().min(1).max(100).optional().describe('Of duckdb_list_templates; or give sql'),
  parameters: z.record(z.string().max(100), scalar()).optional().describe('Of the template'),
  sql: sqlField().optional().describe('One SELECT; datasets are tables by their ids'),
  snapshot_id: z
    .string()
    .max(160)
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,127}(@[1-9]\d{0,14})?$/, 'Write a dataset id, or id@version')
    .optional()
    .describe('What the table `dataset` is: a dataset id, or id@version for a version of it')
}
const questionSchema = z.object(questionShape)

/** INVALID_INPUT unless there is either a template or SQL. */
export function questionOf({ template_id, parameters, sql, snapshot_id }: z.output<typeof questionSchema>) {
  if ((template_id === undefined) === (sql === undefined)) throw refuse('/sql', 'Give either sql or template_id')
  if (sql !== undefined && parameters !== undefined)
    throw refuse('/parameters', 'Parameters belong to a template; write values into the SQL')
  const [datasetId, version] = snapshot_id?.split('@') ?? []
  return {
    sql: sql ?? fillTemplate(template_id ?? '', parameters ?? {}),
    datasetId,
    version: version === undefined ? undefined : Number(version)
  }
}

function refuse(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', message, { issues: [{ path, message }] })
}

const columnSchema = z.object({ name: z.string(), type: z.string(), nullable: z.boolean() })
export const columnsSchema = z.array(columnSchema).describe('The first 200 columns')
export const shownColumns = (schema: Answer['schema']) =>
  schema.slice(0, 200).map(({ name, type, nullable }) => ({ name, type, nullable }))

export const stateSchema = z.object({
  handle_id: z.string(),
  query_status: z.enum(['running', 'completed', 'failed', 'cancelled']),
  sql: z.string().describe('Its first 2000 characters'),
  started_at: z.string(),
  ended_at: z.string().nullable(),
  rows_read: z.int(),
  total: z.int().nullable().describe('Rows of the whole result, once known'),
  has_more: z.boolean(),
  error_code: z.string().nullable(),
  error_message: z.string().nullable()
})

export function toState(state: QueryState): z.output<typeof stateSchema> {
  return {
    handle_id: state.handleId,
    query_status: state.status,
    sql: state.sql.slice(0, 2000),
    started_at: new Date(state.startedAt).toISOString(),
    ended_at: state.endedAt === undefined ? null : new Date(state.endedAt).toISOString(),
    rows_read: state.rowsRead,
    total: state.total ?? null,
    has_more: state.nextCursor !== undefined,
    error_code: state.error?.code ?? null,
    error_message: state.error?.message ?? null
  }
}

export const pageSchema = z.object({
  handle_id: z.string(),
  schema: columnsSchema,
  rows: z.array(z.record(z.string(), z.unknown())),
  returned: z.int(),
  total: z.int(),
  truncated: z.boolean(),
  next_page_token: z.string().optional()
})

export function toPage({ state, answer }: { state: QueryState; answer: Answer }): z.output<typeof pageSchema> {
  const { schema, rows, total, nextCursor } = answer
  return {
    handle_id: state.handleId,
    schema: shownColumns(schema),
    rows,
    returned: rows.length,
    total,
    truncated: nextCursor !== undefined,
    ...(nextCursor !== undefined && { next_page_token: nextCursor })
  }
}

/** How examples come to a dataset, and to a handle with a further page. */
export const people = { tool: 'load_dataset', args: { source: 'people.csv' } }
export const asked = {
  tool: 'duckdb_query',
  args: { sql: 'SELECT name FROM people ORDER BY age', page_size: 2, handle_id: 'names' }
}
