import { z } from 'zod'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { FORMATS } from '../../services/datasets/api.ts'
import { columnsSchema, people, questionOf, questionShape, shownColumns } from './fields.ts'

export const duckdbExport = defineTool({
  name: 'duckdb_export',
  title: 'Export the result of a query to a file',
  askedFor: [
    'write what a SELECT gives to a file',
    'save SQL output as Parquet or CSV',
    'dump the answer of a statement to disk'
  ],
  description:
    'Runs a SELECT or a template and writes all of its rows to a file in CSV, TSV, JSON, JSON Lines, Parquet or Arrow, whole or not at all. An existing file is kept unless overwrite is true. Not for a whole dataset: use save_dataset. Not for a result to query again: use process_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'replace',
  capability: { ability: 'file/write', resource: ({ output_path }) => `file:${output_path}` },
  needs: ['datasets'],
  input: z.strictObject({
    ...questionShape,
    output_path: pathField(),
    format: z.enum(FORMATS).optional().describe('By the extension of output_path by default'),
    overwrite: z.boolean().default(false)
  }),
  output: z.object({
    output_path: z.string(),
    format: z.enum(FORMATS),
    num_records: z.int(),
    size_bytes: z.int(),
    schema: columnsSchema
  }),
  errors: [
    'NOT_FOUND',
    'ALREADY_EXISTS',
    'PATH_FORBIDDEN',
    'SQL_FORBIDDEN',
    'SQL_INVALID',
    'INVALID_INPUT',
    'UNSUPPORTED',
    'STORAGE_FULL',
    'CANCELLED'
  ],
  limits: { timeoutMs: 3_600_000 },
  examples: [
    {
      title: 'As CSV',
      before: [people],
      input: { sql: "SELECT name FROM people WHERE city = 'London'", output_path: 'london.csv' },
      output: { format: 'csv', num_records: 2, size_bytes: 14 }
    },
    {
      title: 'A template as Parquet',
      before: [people],
      input: { template_id: 'duplicates', parameters: { dataset: 'people', column: 'city' }, output_path: 'd.parquet' },
      output: { format: 'parquet', num_records: 1 }
    },
    {
      title: 'An extension of no format',
      before: [people],
      input: { sql: 'SELECT * FROM people', output_path: 'people.xyz' },
      error: 'UNSUPPORTED'
    }
  ],
  async run({ output_path, format, overwrite, ...question }, { services: { datasets }, signal }) {
    const { sql, ...target } = questionOf(question)
    const saved = await datasets.export(sql, output_path, { ...target, format, overwrite, signal })
    return {
      output_path: saved.path,
      format: saved.format,
      num_records: saved.numRecords,
      size_bytes: saved.sizeBytes,
      schema: shownColumns(saved.schema)
    }
  }
})
