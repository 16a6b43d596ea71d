/** What every format is read into: a row of blocks, in reading order. */

export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'item'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'table'; name?: string; rows: string[][] }

export interface Document {
  title?: string
  /** What the file says about itself: author, dates, subject. */
  metadata: Record<string, string>
  blocks: Block[]
}

export const OUTPUT_FORMATS = ['text', 'markdown', 'json'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** Text and Markdown for readers, JSON (an array of blocks) for programs. */
export function render(blocks: readonly Block[], format: OutputFormat): string {
  if (format === 'json') return JSON.stringify(blocks)
  const show = format === 'text' ? asText : asMarkdown
  let text = ''
  for (const [index, block] of blocks.entries()) {
    const isList = block.kind === 'item' && blocks[index - 1]?.kind === 'item'
    text += (index === 0 ? '' : isList ? '\n' : '\n\n') + show(block)
  }
  return text
}

function asText(block: Block): string {
  if (block.kind !== 'table') return block.text
  const rows = block.rows.map(row => row.map(cell => cell.replace(/[\t\n]+/g, ' ')).join('\t'))
  return [...(block.name === undefined ? [] : [block.name]), ...rows].join('\n')
}

function asMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(Math.min(6, Math.max(1, block.level)))} ${block.text.replace(/\s+/g, ' ')}`
    case 'item':
      return `- ${block.text.replace(/\n/g, '\n  ')}`
    case 'code':
      return `\`\`\`\n${block.text}\n\`\`\``
    case 'table':
      return (block.name === undefined ? '' : `**${block.name}**\n\n`) + markdownTable(block.rows)
    case 'paragraph':
      return block.text
  }
}

function markdownTable(rows: readonly string[][]): string {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0)
  const line = (row: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, at) => (row[at] ?? '').replace(/\|/g, '\\|').replace(/\s*\n\s*/g, '<br>')).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), `|${' --- |'.repeat(width)}`, ...body.map(line)].join('\n')
}
