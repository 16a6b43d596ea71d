import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { toCdxjLine } from '../../domain/warc/cdxj.ts'
import { WARC_ERRORS, warcField, withSample } from './fields.ts'

/** They are sorted in memory. */
const MAX_ENTRIES = 1_000_000

export const indexWarc = defineTool({
  name: 'index_warc',
  title: 'Index a WARC for replay',
  askedFor: ['make a CDXJ of an archive', 'index crawled records for lookup', 'where in the archive is each URL'],
  description:
    'Writes a sorted CDXJ index of the pages in a WARC, by which replay tools such as pywb find them; digests are checked on the way. Not for the index as a table: use extract_dataset_from_cdxj.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: {
    ability: 'file/write',
    resource: ({ output_path, warc_path }) => `file:${output_path ?? `${warc_path}.cdxj`}`
  },
  needs: ['files', 'decoders'],
  input: z.strictObject({
    warc_path: warcField(),
    output_path: pathField().optional().describe('A new file; by default the name of the WARC with .cdxj behind it'),
    encryption_key: z
      .string()
      .max(1024)
      .optional()
      .describe('Not supported: an index that only one program reads is none')
  }),
  output: z.object({ cdxj_path: z.string(), entries: z.int(), records: z.int(), size_bytes: z.int() }),
  errors: [...WARC_ERRORS, 'UNSUPPORTED'],
  limits: { timeoutMs: 900_000 },
  examples: [
    {
      title: 'Next to the archive',
      before: withSample,
      input: { warc_path: 'a.warc' },
      output: { entries: 1, records: 1 }
    },
    { title: 'Encryption is left to others', input: { warc_path: 'a.warc', encryption_key: 'x' }, error: 'UNSUPPORTED' }
  ],
  async run({ warc_path, output_path, encryption_key }, { services: { files, decoders }, signal, progress }) {
    if (encryption_key !== undefined) {
      throw new AppError(
        'UNSUPPORTED',
        'Indexes are not encrypted; leave encryption_key out and encrypt the file by itself'
      )
    }
    await using file = await files.openRead(warc_path, { signal })
    await using output = await files.create(output_path ?? `${warc_path}.cdxj`, { signal })
    const lines: string[] = []
    let records = 0
    const filename = file.path.slice(file.path.lastIndexOf('/') + 1)
    for await (const { entry, next } of decoders.decode('warcIndex', file, { filename }, signal)) {
      progress(next, file.sizeBytes, 'bytes')
      records++
      if (entry && lines.push(toCdxjLine(entry)) > MAX_ENTRIES) {
        throw new AppError('TOO_LARGE', `The WARC has more than ${MAX_ENTRIES} pages; split it first`)
      }
    }
    // Keys are compared byte by byte wherever such an index is searched.
    const sorted = lines.map(line => Buffer.from(line)).sort(Buffer.compare)
    for (let at = 0; at < sorted.length; at += 1000) await output.write(sorted.slice(at, at + 1000))
    const { path, sizeBytes } = await output.commit()
    return { cdxj_path: path, entries: lines.length, records, size_bytes: sizeBytes }
  }
})
