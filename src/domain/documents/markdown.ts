import { type MarkedToken, marked, type Token, type Tokens } from 'marked'
import type { Block, Document } from './document.ts'

/** Markdown (CommonMark with tables) by its tokens. A title is its first heading of the first level. */
export function readMarkdown(text: string): Document {
  const metadata = frontMatter(text)
  const blocks: Block[] = []
  for (const token of marked.lexer(text.slice(metadata.length))) add(token, blocks)
  const title = blocks.find(block => block.kind === 'heading' && block.level === 1)
  return { ...(title?.kind === 'heading' && { title: title.text }), metadata: metadata.values, blocks }
}

function add(generic: Token, blocks: Block[]): void {
  // The lexer has no extensions here, so its tokens are those of Markdown.
  const token = generic as MarkedToken
  switch (token.type) {
    case 'heading':
      blocks.push({ kind: 'heading', level: token.depth, text: plain(token.tokens) })
      break
    case 'paragraph':
      blocks.push({ kind: 'paragraph', text: plain(token.tokens) })
      break
    case 'text':
      blocks.push({ kind: 'paragraph', text: token.tokens ? plain(token.tokens) : token.text })
      break
    case 'code':
      blocks.push({ kind: 'code', text: token.text })
      break
    case 'blockquote':
      for (const inner of token.tokens) add(inner, blocks)
      break
    case 'list':
      for (const item of token.items) addItem(item, blocks)
      break
    case 'table':
      blocks.push({
        kind: 'table',
        rows: [token.header, ...token.rows].map(row => row.map(cell => plain(cell.tokens)))
      })
      break
  }
}

function addItem(item: Tokens.ListItem, blocks: Block[]): void {
  const inside: Block[] = []
  for (const token of item.tokens) add(token, inside)
  const [first, ...rest] = inside
  if (first?.kind === 'paragraph') blocks.push({ kind: 'item', text: first.text }, ...rest)
  else blocks.push(...inside)
}

/** The words, without what marks them up. */
function plain(tokens: readonly Token[]): string {
  return tokens
    .map(token => {
      if (token.type === 'br') return '\n'
      if (token.type === 'html' || token.type === 'checkbox') return ''
      const inner = 'tokens' in token && token.tokens ? token.tokens : undefined
      if (inner) return plain(inner)
      return 'text' in token && typeof token.text === 'string' ? token.text : ''
    })
    .join('')
}

/** Lines of `key: value` between two lines of dashes at the very beginning. */
function frontMatter(text: string): { values: Record<string, string>; length: number } {
  const found = /^---\r?\n([\s\S]{0,20000}?)\r?\n---\r?\n/.exec(text)
  const values: Record<string, string> = {}
  for (const line of found?.[1]?.split(/\r?\n/) ?? []) {
    const [, key, value] = /^([A-Za-z][\w-]{0,40}):\s*(.{1,1000}?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) values[key] = value.replace(/^(["'])(.*)\1$/, '$2')
  }
  return { values, length: found?.[0].length ?? 0 }
}
