/** What was captured of the web: the responses and resources of a WARC, with what they say of themselves. */

import { render } from '../documents/document.ts'
import { readHtml } from '../documents/html.ts'
import { decodeText, isText } from '../documents/text-encoding.ts'
import { headerOf } from './headers.ts'
import { bodyOf, splitHttp } from './http-message.ts'
import type { WarcRecord } from './reader.ts'

export interface Capture {
  url: string
  date: string
  status: number | undefined
  mime: string
  charset: string | undefined
  body: Buffer
}

/** `undefined` for records that hold no answer of a server. */
export function captureOf({ type, headers, block }: WarcRecord): Capture | undefined {
  if (type !== 'response' && type !== 'resource') return undefined
  // Some writers put the address in angle brackets, as the standard once had it.
  const url = (headerOf(headers, 'warc-target-uri') ?? '').replace(/^<(.*)>$/, '$1')
  const date = headerOf(headers, 'warc-date') ?? ''
  const message = type === 'response' ? splitHttp(block) : undefined
  const declared = (message ? headerOf(message.headers, 'content-type') : headerOf(headers, 'content-type')) ?? ''
  return {
    url,
    date,
    status: message?.status,
    mime: declared.split(';', 1)[0]?.trim().toLowerCase() ?? '',
    charset: /charset\s*=\s*"?([\w-]+)/i.exec(declared)?.[1],
    body: message ? bodyOf(message) : block
  }
}

const isHtml = ({ mime, body }: Capture) =>
  /html/.test(mime) || (mime === '' && /^\s*<(!doctype html|html)/i.test(body.toString('latin1', 0, 200)))

/** What a reader sees; `undefined` of what is no text. */
export function textOf(capture: Capture): { title: string | undefined; text: string } | undefined {
  const { mime, charset, body } = capture
  if (isHtml(capture)) {
    const { title, blocks } = readHtml(body, charset === undefined ? {} : { charset })
    return { title, text: render(blocks, 'text') }
  }
  const isPlain = /^text\/|[/+](json|xml)$/.test(mime) && isText(body.subarray(0, 64 * 1024))
  return isPlain ? { title: undefined, text: decodeText(body, charset) } : undefined
}

export function linksOf(capture: Capture): { url: string; text: string }[] {
  if (!isHtml(capture)) return []
  const { url, charset, body } = capture
  return readHtml(body, { baseUrl: url, ...(charset !== undefined && { charset }) }).links
}
