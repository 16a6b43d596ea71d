import PostalMime, { type Address } from 'postal-mime'
import { AppError } from '../../core/errors.ts'
import type { Document } from './document.ts'
import { readHtml } from './html.ts'
import { paragraphs } from './paragraphs.ts'

const MAX_NESTING = 32
const MAX_HEADERS_BYTES = 1024 ** 2

/** An e-mail (RFC 5322, MIME): its headers as metadata, its text, and a table of what is attached. */
export async function readEmail(bytes: Buffer): Promise<Document> {
  const mail = await PostalMime.parse(bytes, { maxNestingDepth: MAX_NESTING, maxHeadersSize: MAX_HEADERS_BYTES }).catch(
    cause => {
      throw new AppError('BAD_DATA', 'The e-mail is malformed, or nested too deeply', { cause })
    }
  )
  const { subject, from, to, cc, date, messageId, text, html, attachments } = mail
  const metadata: Record<string, string> = {}
  const known = { from: from && addresses([from]), to: addresses(to), cc: addresses(cc), date, message_id: messageId }
  for (const [key, value] of Object.entries(known)) if (value) metadata[key] = value.slice(0, 2000)
  const blocks = text?.trim() || !html ? paragraphs(text ?? '') : readHtml(Buffer.from(html)).blocks
  if (attachments.length > 0) {
    const rows = attachments.map(({ filename, mimeType, content }) => [
      filename ?? '',
      mimeType,
      String(sizeOf(content))
    ])
    blocks.push({ kind: 'table', name: 'Attachments', rows: [['name', 'type', 'bytes'], ...rows] })
  }
  return { ...(subject && { title: subject }), metadata, blocks }
}

function addresses(list: readonly Address[] | undefined): string {
  return (list ?? []).map(({ name, address }) => (name ? `${name} <${address ?? ''}>` : (address ?? ''))).join(', ')
}

const sizeOf = (content: ArrayBuffer | Uint8Array | string) =>
  typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
