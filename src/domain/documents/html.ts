/** HTML as a reader sees it: headings, paragraphs, lists and tables, without what is run or styled; and the links in it. */
import { Parser } from 'htmlparser2'
import { AppError } from '../../core/errors.ts'
import type { Document } from './document.ts'
import { decodeText } from './text-encoding.ts'
import { createBlockWriter, type TextKind } from './writer.ts'

export interface Link {
  url: string
  text: string
}

export interface HtmlDocument extends Document {
  links: Link[]
}

const SKIPPED = new Set(['script', 'style', 'template', 'noscript', 'svg', 'math', 'iframe', 'object', 'head', 'title'])
const BLOCKS = new Set([
  'p',
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'aside',
  'nav',
  'blockquote',
  'figure',
  'figcaption',
  'form',
  'fieldset',
  'address',
  'ul',
  'ol',
  'dl',
  'dt',
  'dd',
  'hr',
  'body',
  'caption',
  'details',
  'summary'
])
const METADATA: Record<string, string> = {
  author: 'author',
  description: 'description',
  keywords: 'keywords',
  date: 'date',
  'article:published_time': 'date'
}
const MAX_LINKS = 100_000
/** Sloppy pages leave hundreds open; the time of the parser grows with the square of them. */
const MAX_OPEN_ELEMENTS = 10_000

/** @param baseUrl what links start at; without it they stay as written. `charset` is what a header said. */
export function readHtml(
  bytes: Buffer,
  { baseUrl, charset }: { baseUrl?: string; charset?: string } = {}
): HtmlDocument {
  const writer = createBlockWriter()
  const metadata: Record<string, string> = {}
  const links: Link[] = []
  let base = baseUrl
  let title: string | undefined
  let skipped = 0
  let open = 0
  let isTitle = false
  let code = 0
  let link: Link | undefined

  const endsWith = (name: string): TextKind | undefined => {
    const level = /^h([1-6])$/.exec(name)?.[1]
    if (level !== undefined) return { heading: Number(level) }
    if (name === 'li') return 'item'
    if (name === 'pre') return 'code'
    return BLOCKS.has(name) ? 'paragraph' : undefined
  }

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (++open > MAX_OPEN_ELEMENTS) {
          throw new AppError('BAD_DATA', `The page has more than ${MAX_OPEN_ELEMENTS} elements in one another`)
        }
        if (name === 'title' && title === undefined) isTitle = true
        if (name === 'base' && attributes.href) base = absolute(attributes.href, baseUrl)
        if (name === 'meta') {
          const key = METADATA[(attributes.name ?? attributes.property ?? '').toLowerCase()]
          if (key !== undefined && attributes.content) metadata[key] ??= attributes.content.trim().slice(0, 1000)
        }
        if (name === 'html' && attributes.lang) metadata.language ??= attributes.lang.slice(0, 40)
        if (SKIPPED.has(name)) skipped++
        if (skipped > 0) return
        if (endsWith(name) !== undefined) writer.end(code > 0 ? 'code' : 'paragraph')
        if (name === 'pre') code++
        else if (name === 'br') writer.text('\n')
        else if (name === 'table') writer.openTable()
        else if (name === 'tr') writer.openRow()
        else if (name === 'img' && attributes.alt) writer.text(attributes.alt)
        else if (name === 'a' && attributes.href && links.length < MAX_LINKS) {
          link = { url: absolute(attributes.href.trim(), base), text: '' }
          links.push(link)
        }
      },
      ontext(text) {
        if (isTitle) title = (title ?? '') + text
        if (skipped > 0) return
        writer.text(code > 0 ? text : text.replace(/\s+/g, ' '))
        if (link && link.text.length < 500) link.text += text
      },
      onclosetag(name) {
        open--
        if (name === 'title') isTitle = false
        if (SKIPPED.has(name)) skipped = Math.max(0, skipped - 1)
        if (skipped > 0) return
        const kind = endsWith(name)
        if (kind !== undefined) writer.end(kind)
        if (name === 'pre') code = Math.max(0, code - 1)
        else if (name === 'td' || name === 'th') writer.endCell()
        else if (name === 'table') writer.closeTable()
        else if (name === 'a') link = undefined
      }
    },
    { decodeEntities: true }
  )
  parser.end(decodeText(bytes, charset ?? declaredCharset(bytes)))
  while (writer.depth() > 0) writer.closeTable()
  writer.end()
  const name = title?.replace(/\s+/g, ' ').trim()
  const tidyLinks = links.map(({ url, text }) => ({ url, text: text.replace(/\s+/g, ' ').trim() }))
  return { ...(name && { title: name }), metadata, blocks: writer.blocks, links: tidyLinks }
}

/** What the page itself says, among its first bytes. */
function declaredCharset(bytes: Buffer): string | undefined {
  return /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(bytes.toString('latin1', 0, 2048))?.[1]
}

const absolute = (href: string, base: string | undefined) =>
  base === undefined ? href : (URL.parse(href, base)?.href ?? href)
