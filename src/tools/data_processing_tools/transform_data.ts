import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { pageOf } from '../../domain/tabular/record-page.ts'
import { asRecords } from '../../domain/tabular/records-text.ts'
import {
  MATCHES,
  RECORD_TRANSFORMATIONS,
  type RecordTransformation,
  SUMMARIES,
  transformRecords
} from '../../domain/tabular/transform-records.ts'
import { TEXT_TRANSFORMATIONS, transformText } from '../../domain/text/transform-text.ts'
import { columnField, PAGE_BYTES, textOrValueField } from './fields.ts'

export const transformData = defineTool({
  name: 'transform_data',
  title: 'Transform pasted records or text',
  askedFor: [
    'normalize or flatten the records I give',
    'map, filter or aggregate inline JSON',
    'reshape a small list',
    'clean pasted rows',
    'lower case and strip a text'
  ],
  description:
    'Applies one change to records or a text that are given in the call: filter, select, drop, rename, sort, limit, distinct, fill_null, flatten, normalize (0 to 1), standardize, aggregate; of a text lowercase, uppercase, trim, collapse_whitespace, normalize_unicode, strip_accents, strip_html. Not for datasets: use process_dataset.',
  runtime: 'worker',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'data/read', resource: () => 'data' },
  needs: [],
  input: z.strictObject({
    data: textOrValueField(),
    transformation: z.enum([...RECORD_TRANSFORMATIONS, ...TEXT_TRANSFORMATIONS]),
    column: columnField().optional().describe('Of filter, sort, normalize, standardize; what aggregate sums up'),
    columns: z
      .array(columnField())
      .min(1)
      .max(1000)
      .optional()
      .describe('Of select, drop, distinct; groups of aggregate'),
    names: z.record(columnField(), columnField()).optional().describe('Of rename: old name to new name'),
    condition: z.enum(MATCHES).optional().describe('Of filter'),
    value: z.unknown().optional().describe('Of filter and fill_null'),
    ascending: z.boolean().optional(),
    count: z.int().min(0).max(100_000).optional().describe('Of limit'),
    summary: z.enum(SUMMARIES).optional().describe('Of aggregate; count by default'),
    first_record: z.int().min(0).max(100_000).default(0).describe('next_record of the page before')
  }),
  output: z.object({
    transformation: z.string(),
    data: z.union([z.string(), z.array(z.record(z.string(), z.unknown()))]),
    returned: z.int().describe('Records, or UTF-16 units of a text'),
    total: z.int(),
    truncated: z.boolean(),
    next_record: z.int().optional()
  }),
  errors: ['INVALID_INPUT', 'TOO_LARGE'],
  limits: { timeoutMs: 60_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Keep some records',
      input: { data: [{ a: 1 }, { a: 5 }], transformation: 'filter', column: 'a', condition: '>', value: 2 },
      output: { data: [{ a: 5 }], returned: 1, total: 1, truncated: false }
    },
    {
      title: 'Sum by group',
      input: {
        data: [
          { city: 'Rome', n: 1 },
          { city: 'Oslo', n: 4 },
          { city: 'Rome', n: 2 }
        ],
        transformation: 'aggregate',
        columns: ['city'],
        column: 'n',
        summary: 'sum'
      },
      output: {
        data: [
          { city: 'Rome', sum_n: 3 },
          { city: 'Oslo', sum_n: 4 }
        ]
      }
    },
    {
      title: 'Tidy a text',
      input: { data: '  two   words ', transformation: 'collapse_whitespace' },
      output: { data: 'two words' }
    }
  ],
  run({ data, transformation, first_record, ...parameters }) {
    if (typeof data === 'string') {
      const known = TEXT_TRANSFORMATIONS.find(name => name === transformation)
      if (!known) throw unfit('records, an array of objects; convert_format makes them of a text')
      const text = transformText(data, known)
      return { transformation, data: text, returned: text.length, total: text.length, truncated: false }
    }
    const isOfRecords = (name: string): name is RecordTransformation => RECORD_TRANSFORMATIONS.some(own => own === name)
    if (!isOfRecords(transformation)) throw unfit('a text')
    const records = transformRecords(asRecords(data), transformation, parameters)
    const { items, next, ...counts } = pageOf(records, first_record, records.length, PAGE_BYTES)
    return { transformation, data: items, ...counts, ...(next !== undefined && { next_record: next }) }

    function unfit(what: string): AppError {
      const message = `The transformation ${transformation} takes ${what}`
      return new AppError('INVALID_INPUT', message, { issues: [{ path: '/data', message }] })
    }
  }
})
