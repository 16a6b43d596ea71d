import type { Block } from './document.ts'

/** Paragraphs of plain text: what blank lines set apart. */
export function paragraphs(text: string): Block[] {
  return text
    .split(/\r?\n[ \t]*\r?\n/)
    .map(part => part.replace(/\r/g, '').trim())
    .filter(part => part !== '')
    .map(part => ({ kind: 'paragraph', text: part }))
}
