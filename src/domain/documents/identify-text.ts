/** What kind of text bytes are, by what such texts begin with. */
import type { FileKind } from './file-kind.ts'
import { decodeText, isText } from './text-encoding.ts'

const WARC_START = /^WARC\/1\.\d\r?\n/
const HEADER_LINE =
  /^(received|from|to|subject|date|message-id|mime-version|return-path|delivered-to|reply-to|x-[\w-]+):/i
const MARKDOWN = [
  /^#{1,6} \S/m,
  /^(```|~~~)/m,
  /\[[^\]\n]+\]\([^)\s]+\)/,
  /^\|?\s*:?-{3,}:?\s*\|/m,
  /^\s*[-*+] \S.*\n\s*[-*+] \S/m,
  /\*\*\S[^*\n]*\*\*/
]

const kind = (mimeType: string, extension: string): FileKind => ({ mimeType, extension })
const PLAIN = kind('text/plain', 'txt')

/** `undefined` if the bytes are no text. `isWhole` says that they are the whole file. */
export function identifyText(head: Buffer, isWhole: boolean): FileKind | undefined {
  if (!isText(head)) return undefined
  const text = decodeText(head).trimStart()
  if (WARC_START.test(text)) return kind('application/warc', 'warc')
  if (text.startsWith('{\\rtf')) return kind('application/rtf', 'rtf')
  if (text.startsWith('<')) return markupKind(text)
  if (text.startsWith('{') || text.startsWith('[')) {
    const json = jsonKind(text, isWhole)
    if (json) return json
  }
  if (isEmail(text)) return kind('message/rfc822', 'eml')
  const lines = text.split(/\r?\n/).slice(0, isWhole ? 50 : 49)
  if (isDelimited(lines, '\t')) return kind('text/tab-separated-values', 'tsv')
  if (MARKDOWN.filter(sign => sign.test(text)).length >= 2) return kind('text/markdown', 'md')
  return isDelimited(lines, ',') || isDelimited(lines, ';') ? kind('text/csv', 'csv') : PLAIN
}

function markupKind(text: string): FileKind {
  const start = text.slice(0, 2048).replace(/<!--.*?-->/gs, '')
  if (/<!doctype html|<html[\s>]/i.test(start)) {
    return start.startsWith('<?xml') ? kind('application/xhtml+xml', 'xhtml') : kind('text/html', 'html')
  }
  if (/<svg[\s>]/.test(start)) return kind('image/svg+xml', 'svg')
  if (start.startsWith('<?xml')) return kind('application/xml', 'xml')
  return /^<(head|body|div|p|h[1-6]|table|ul|ol|span|a|title|meta|script|article|section)[\s>]/i.test(start)
    ? kind('text/html', 'html')
    : PLAIN
}

function jsonKind(text: string, isWhole: boolean): FileKind | undefined {
  const [first = '', second = ''] = text.split('\n', 2)
  if (second.trim() !== '' && parses(first)) return kind('application/x-ndjson', 'jsonl')
  // Of a part only the beginning can be judged.
  const isJson = isWhole ? parses(text) : /^[[{]\s*(["[{\]}\d-]|true|false|null)/.test(text)
  return isJson ? kind('application/json', 'json') : undefined
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Three headers that letters have, before the first empty line. */
function isEmail(text: string): boolean {
  const head = text.replace(/^From \S.*\n/, '').split(/\r?\n\r?\n/, 1)[0] ?? ''
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  return lines.every(line => /^[!-9;-~]+:/.test(line)) && lines.filter(line => HEADER_LINE.test(line)).length >= 3
}

/** The same number of separators, at least one, in every line of at least two. Quoted fields may hold them too. */
function isDelimited(lines: readonly string[], delimiter: string): boolean {
  const filled = lines.filter(line => line.trim() !== '').slice(0, 20)
  const counts = filled.map(line => line.replace(/"[^"]*"/g, '').split(delimiter).length - 1)
  return counts.length >= 2 && (counts[0] ?? 0) > 0 && counts.every(count => count === counts[0])
}
