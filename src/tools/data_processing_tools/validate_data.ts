import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { checkRecords, type Problem, RULES, TYPES } from '../../domain/tabular/check-records.ts'
import { readText, TEXT_FORMATS } from '../../domain/tabular/records-text.ts'
import { columnField, textOrValueField } from './fields.ts'

/** Of a result; problem_count says how many there are. */
const SHOWN_PROBLEMS = 100
const MAX_MESSAGE = 300

export const validateData = defineTool({
  name: 'validate_data',
  title: 'Validate pasted data',
  askedFor: [
    'check records against a schema',
    'is this JSON correct',
    'find rows that break the rules',
    'are required fields there and of the right type'
  ],
  description:
    'Checks data that is given in the call: that a text is well-formed (format), that a value fits a JSON Schema (schema), or that records keep rules (rules). Answers valid or not, with the path of each problem; data that does not fit is no error. Not for statistics of a dataset: use describe_dataset.',
  runtime: 'worker',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'data/read', resource: () => 'data' },
  needs: [],
  input: z.strictObject({
    data: textOrValueField(),
    validation_type: z.enum(['schema', 'rules', 'format']),
    format: z.enum(TEXT_FORMATS).optional().describe('What a text is; needed for format'),
    schema: z.record(z.string().max(512), z.unknown()).optional().describe('JSON Schema; needed for schema'),
    rules: z
      .array(
        z.strictObject({
          column: columnField(),
          rule: z.enum(RULES),
          value: z
            .unknown()
            .optional()
            .describe(`The bound, the values allowed, or a type: ${TYPES.join(', ')}`)
        })
      )
      .min(1)
      .max(200)
      .optional()
      .describe('Needed for rules; the data is an array of objects')
  }),
  output: z.object({
    valid: z.boolean(),
    validation_type: z.string(),
    checked: z.int().describe('Records, or 1 for one value'),
    problems: z.array(z.object({ path: z.string(), message: z.string() })).describe(`The first ${SHOWN_PROBLEMS}`),
    problem_count: z.int(),
    truncated: z.boolean()
  }),
  errors: ['INVALID_INPUT', 'UNSUPPORTED', 'TOO_LARGE', 'DEADLINE_EXCEEDED'],
  limits: { timeoutMs: 30_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Rules of columns',
      input: {
        data: [{ id: 1 }, { id: 1 }, {}],
        validation_type: 'rules',
        rules: [
          { column: 'id', rule: 'required' },
          { column: 'id', rule: 'unique' }
        ]
      },
      output: {
        valid: false,
        problem_count: 2,
        problems: [
          { path: '/1/id', message: 'is the same as in record 0' },
          { path: '/2/id', message: 'is missing' }
        ]
      }
    },
    {
      title: 'A JSON Schema',
      input: {
        data: { age: 36 },
        validation_type: 'schema',
        schema: { type: 'object', properties: { age: { type: 'integer', minimum: 0 } }, required: ['age'] }
      },
      output: { valid: true, problems: [], problem_count: 0 }
    },
    {
      title: 'A text that is no JSON',
      input: { data: '{"a": ', validation_type: 'format', format: 'json' },
      output: { valid: false, problem_count: 1 }
    }
  ],
  async run({ data, validation_type, format, schema, rules }) {
    const problems: Problem[] = []
    let count = 0
    const report = ({ path, message }: Problem) => {
      if (problems.length < SHOWN_PROBLEMS) problems.push({ path, message: message.slice(0, MAX_MESSAGE) })
      count++
    }
    let value: unknown = data
    if (typeof data === 'string' && (format !== undefined || validation_type === 'format')) {
      try {
        value = await readText(data, format ?? need('format', 'a format'))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'BAD_DATA') throw error
        report({ path: '', message: error.message })
      }
    }
    const isReadable = count === 0
    if (isReadable && validation_type === 'schema') checkSchema(value, schema ?? need('schema', 'a schema'), report)
    if (isReadable && validation_type === 'rules') {
      if (!Array.isArray(value)) need('data', 'an array of records')
      else checkRecords(value, rules ?? need('rules', 'rules'), report)
    }
    return {
      valid: count === 0,
      validation_type,
      checked: Array.isArray(value) ? value.length : 1,
      problems,
      problem_count: count,
      truncated: count > problems.length
    }
  }
})

function need(name: string, what: string): never {
  const message = `This validation_type needs ${what}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}

function checkSchema(value: unknown, schema: Record<string, unknown>, report: (problem: Problem) => void): void {
  let parser: z.ZodType
  try {
    parser = z.fromJSONSchema(schema)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('UNSUPPORTED', `The schema cannot be used: ${reason.slice(0, 300)}`, { cause })
  }
  for (const { path, message } of parser.safeParse(value).error?.issues ?? [])
    report({ path: path.map(part => `/${String(part)}`).join(''), message })
}
