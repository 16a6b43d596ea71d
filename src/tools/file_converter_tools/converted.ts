/** How a document is read into the result of a call, and into a file. */
import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import type { CallContext } from '../../core/tool.ts'
import { OUTPUT_FORMATS, type OutputFormat } from '../../domain/documents/document.ts'
import type { DecodedFile, Jobs } from '../../services/decoders/api.ts'

/** UTF-16 units in one result: with three bytes for each and escapes in JSON it stays within the result's bytes. */
export const PAGE_LENGTH = 24_000
const SHOWN_TABLES = 50

export type Head = Extract<Jobs['convert']['item'], { head: unknown }>['head']

export const outputFormatField = () =>
  z
    .enum(OUTPUT_FORMATS)
    .default('text')
    .describe('json: an array of blocks (headings, paragraphs, items, tables with rows)')
export const backendField = () => z.enum(['native']).default('native').describe('Of this server')
export const extractArchivesField = () =>
  z.boolean().default(false).describe('Whether an archive is opened and the documents in it are read')

export const headSchema = z.object({
  mime_type: z.string(),
  title: z.string().optional(),
  metadata: z.record(z.string(), z.string()).describe('What the document says about itself'),
  tables: z
    .array(z.object({ name: z.string(), rows: z.int(), columns: z.int() }))
    .describe(`The first ${SHOWN_TABLES}`),
  num_tables: z.int(),
  skipped: z
    .array(z.object({ path: z.string(), error: z.string() }))
    .optional()
    .describe('Files in an archive that were not read')
})

export function shownHead({ kind, title, metadata, tables, skipped }: Head): z.output<typeof headSchema> {
  return {
    mime_type: kind.mimeType,
    ...(title !== undefined && { title: title.slice(0, 1000) }),
    metadata: Object.fromEntries(Object.entries(metadata).slice(0, 30)),
    tables: tables.slice(0, SHOWN_TABLES).map(table => ({ ...table, name: table.name.slice(0, 200) })),
    num_tables: tables.length,
    ...(skipped.length > 0 && {
      skipped: skipped.slice(0, 50).map(({ path, error }) => ({ path, error: error.slice(0, 300) }))
    })
  }
}

export interface ReadOptions {
  outputFormat: OutputFormat
  insideArchives: boolean
  offset?: number
  length?: number
}

/** Hands the text of a document over in parts and answers what the document is. */
export async function readDocument(
  file: DecodedFile,
  options: ReadOptions,
  { services: { decoders }, signal }: Pick<CallContext<'decoders'>, 'services' | 'signal'>,
  take: (text: string) => Promise<void> | void
): Promise<Head> {
  let head: Head | undefined
  for await (const item of decoders.decode('convert', file, options, signal)) {
    if ('head' in item) head = item.head
    else await take(item.text)
  }
  if (!head) throw new AppError('INTERNAL', 'The decoder answered no head')
  return head
}

/** The same with a text that is short enough to be held. */
export async function readPage(
  file: DecodedFile,
  options: ReadOptions & { length: number },
  ctx: Pick<CallContext<'decoders'>, 'services' | 'signal'>
): Promise<{ head: Head; text: string }> {
  let text = ''
  const head = await readDocument(file, options, ctx, part => {
    text += part
  })
  return { head, text }
}
