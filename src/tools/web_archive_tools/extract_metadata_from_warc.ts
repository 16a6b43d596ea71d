import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { offsetField, pageSchema, WARC_ERRORS, warcField, withSample } from './fields.ts'

const SHOWN = 100

const recordSchema = z.object({
  record_id: z.string(),
  type: z.string(),
  date: z.string(),
  url: z.string().optional(),
  content_type: z.string().optional(),
  http_status: z.int().optional(),
  payload_digest: z.string().optional(),
  verified_digests: z.int(),
  offset: z.int(),
  length_bytes: z.int(),
  info: z.record(z.string(), z.string()).optional().describe('What a warcinfo record says of the archive')
})

export const extractMetadataFromWarc = defineTool({
  name: 'extract_metadata_from_warc',
  title: 'Check a WARC',
  askedFor: [
    'how many records and when captured',
    'verify the digests of a web archive',
    'is the capture intact',
    'summary of an archive of pages'
  ],
  description:
    'Checks a WARC (a crawl of the web) and says what was captured: which records, their headers and span of dates. A wrong digest is an error that names the record. Not for an index to look pages up in: use index_warc.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'read',
  capability: { ability: 'file/read', resource: ({ warc_path }) => `file:${warc_path}` },
  needs: ['files', 'decoders'],
  input: z.strictObject({ warc_path: warcField(), offset: offsetField() }),
  output: pageSchema.omit({ output_path: true }).extend({
    records: z.array(recordSchema),
    total: z.int().describe('Records from offset on'),
    types: z.record(z.string(), z.int()),
    verified_digests: z.int().describe('Of all of them'),
    first_date: z.string().optional(),
    last_date: z.string().optional()
  }),
  errors: WARC_ERRORS.filter(code => !['ALREADY_EXISTS', 'STORAGE_FULL'].includes(code)),
  limits: { timeoutMs: 900_000, isIdempotent: true, isRetrySafe: true, resultBytes: 400_000 },
  examples: [
    {
      title: 'What an archive holds',
      before: withSample,
      input: { warc_path: 'a.warc' },
      output: {
        total: 1,
        types: { response: 1 },
        first_date: '2024-01-02T03:04:05Z',
        records: [{ http_status: 200, offset: 0 }]
      }
    },
    { title: 'A file that is no WARC', input: { warc_path: 'people.csv' }, error: 'BAD_DATA' }
  ],
  async run({ warc_path, offset }, { services: { files, decoders }, signal, progress }) {
    await using file = await files.openRead(warc_path, { signal })
    const records: z.output<typeof recordSchema>[] = []
    const types: Record<string, number> = {}
    const dates: { first?: string; last?: string } = {}
    let [total, verified, reached] = [0, 0, offset]
    for await (const { record, next } of decoders.decode('warcMetadata', file, { offset }, signal)) {
      progress(next, file.sizeBytes, 'bytes')
      total++
      verified += record.verified_digests
      const type = record.type.slice(0, 40)
      if (Object.keys(types).length < 50 || type in types) types[type] = (types[type] ?? 0) + 1
      if (record.date !== '' && (dates.first === undefined || record.date < dates.first)) dates.first = record.date
      if (record.date !== '' && (dates.last === undefined || record.date > dates.last)) dates.last = record.date
      if (records.length === SHOWN) continue
      records.push(shorten(record))
      reached = next
    }
    const truncated = records.length < total
    return {
      records,
      returned: records.length,
      total,
      truncated,
      ...(truncated && { next_offset: reached }),
      size_bytes: file.sizeBytes,
      types,
      verified_digests: verified,
      ...(dates.first !== undefined && { first_date: dates.first.slice(0, 40) }),
      ...(dates.last !== undefined && { last_date: dates.last.slice(0, 40) })
    }
  }
})

/** With texts that a page of them can hold. */
function shorten({ info, ...record }: z.output<typeof recordSchema>): z.output<typeof recordSchema> {
  const cut = (value: unknown) => (typeof value === 'string' ? value.slice(0, 400) : value)
  // Only texts were cut, each to a text.
  const short = Object.fromEntries(Object.entries(record).map(([name, value]) => [name, cut(value)])) as typeof record
  const known =
    info &&
    Object.fromEntries(
      Object.entries(info)
        .slice(0, 20)
        .map(([name, value]) => [name.slice(0, 100), value.slice(0, 300)])
    )
  return { ...short, ...(known && { info: known }) }
}
