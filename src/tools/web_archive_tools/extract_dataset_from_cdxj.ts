import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { datasetIdField, pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import type { CdxjEntry } from '../../domain/warc/cdxj.ts'
import { WARC_ERRORS } from './fields.ts'

const MAX_ENTRIES = 500_000
const SHOWN = 200
const SAMPLE_LINE =
  'org,example)/a 20240102030405 {"url": "https://example.org/a", "mime": "text/html", "status": "200", "length": "300", "offset": "0", "filename": "a.warc"}\n'
const withSample = [
  { tool: 'pin_to_ipfs', args: { content_source: SAMPLE_LINE } },
  { tool: 'get_from_ipfs', args: { cid: '<cid>', output_path: 'a.cdxj' } }
]

export const extractDatasetFromCdxj = defineTool({
  name: 'extract_dataset_from_cdxj',
  title: 'Load the CDXJ index of a crawl',
  askedFor: ['analyse a crawl index as a table', 'rows of captures with SQL', 'statistics of archived URLs'],
  description:
    'Loads a CDXJ, the index of a crawl, for SQL: address, time, type, HTTP status, digest and place of every capture. At most 500,000 lines. Not for making the index: use index_warc.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'dataset/create', resource: ({ dataset_id }) => `dataset:${dataset_id ?? '*'}` },
  needs: ['files', 'decoders', 'datasets'],
  input: z.strictObject({
    cdxj_path: pathField(),
    output_format: z
      .enum(['arrow', 'huggingface', 'dict'])
      .default('arrow')
      .describe(
        'arrow and huggingface: a dataset, which save_dataset writes as Arrow or Parquet; dict: rows in the result'
      ),
    dataset_id: datasetIdField().optional().describe('By the name of the file by default')
  }),
  output: z.object({
    dataset_id: z.string().optional(),
    version: z.int().optional(),
    cid: z.string().optional(),
    records: z.array(z.record(z.string(), z.unknown())).optional(),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean()
  }),
  errors: WARC_ERRORS,
  limits: { timeoutMs: 600_000, resultBytes: 400_000 },
  examples: [
    {
      title: 'As a dataset',
      before: withSample,
      input: { cdxj_path: 'a.cdxj', dataset_id: 'pages' },
      output: { dataset_id: 'pages', version: 1, total: 1 }
    },
    {
      title: 'The rows themselves',
      before: withSample,
      input: { cdxj_path: 'a.cdxj', output_format: 'dict' },
      output: {
        records: [{ url: 'https://example.org/a', status: 200, timestamp: '2024-01-02T03:04:05Z' }],
        truncated: false
      }
    }
  ],
  async run({ cdxj_path, output_format, dataset_id }, { services: { files, decoders, datasets }, signal, progress }) {
    await using file = await files.openRead(cdxj_path, { signal })
    const rows: ReturnType<typeof toRow>[] = []
    for await (const entries of decoders.decode('cdxj', file, {}, signal)) {
      for (const entry of entries) rows.push(toRow(entry))
      progress(rows.length, undefined, 'lines')
      if (rows.length > MAX_ENTRIES)
        throw new AppError('TOO_LARGE', `The index has more than ${MAX_ENTRIES} lines; split it first`)
    }
    if (output_format === 'dict') {
      const records = rows.slice(0, SHOWN)
      return { records, returned: records.length, total: rows.length, truncated: records.length < rows.length }
    }
    if (rows.length === 0) throw new AppError('BAD_DATA', 'The index has no line, so there is nothing to load')
    const name = cdxj_path.slice(cdxj_path.lastIndexOf('/') + 1).replace(/\.(cdxj?|warc|gz)/g, '')
    const datasetId =
      dataset_id ??
      (name
        .replace(/[^A-Za-z0-9_-]+/g, '_')
        .replace(/^[^A-Za-z]+/, '')
        .slice(0, 100) ||
        'web_archive')
    const { version, cid } = await datasets.load(rows, { datasetId, signal })
    return { dataset_id: datasetId, version, cid: cid.toString(), returned: 0, total: rows.length, truncated: false }
  }
})

function toRow({ urlkey, timestamp, url, mime, status, digest, length, offset, filename }: CdxjEntry) {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(timestamp.padEnd(14, '0')) ?? []
  return {
    url,
    timestamp: `${year}-${month}-${day}T${hour}:${minute}:${second}Z`,
    mime: mime ?? null,
    status: numberOf(status),
    digest: digest ?? null,
    length: numberOf(length),
    offset: numberOf(offset),
    filename: filename ?? null,
    urlkey
  }
}

const numberOf = (text: string | undefined) => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null)
