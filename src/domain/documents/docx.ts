/** WordprocessingML (ECMA-376): the text of the body with its headings, lists and tables. What was deleted with changes tracked is left out. */
import type { ByteSource } from '../byte-source.ts'
import type { Document } from './document.ts'
import { createFlow } from './flow.ts'
import { type DocumentPackage, mainPart, officeProperties, openPackage } from './package.ts'
import { createBlockWriter, type TextKind } from './writer.ts'
import { readXml } from './xml.ts'

export function readDocx(source: ByteSource): Document {
  const opened = openPackage(source)
  const part = mainPart(opened, 'word/document.xml')
  const styles = kindsOfStyles(opened, part)
  const writer = createBlockWriter()
  let kind: TextKind = 'paragraph'
  const flow = createFlow(writer)
  readXml(opened.text(part), part, {
    open(name, attributes) {
      if (name === 'p') kind = 'paragraph'
      else if (name === 'pStyle') kind = styles.get(attributes['w:val'] ?? '') ?? kind
      else if (name === 'numPr' && kind === 'paragraph') kind = 'item'
      else if (name === 'tab') writer.text('\t')
      else if (name === 'cr') writer.text('\n')
      else flow.open(name)
    },
    text: flow.text,
    close: name => flow.close(name, kind)
  })
  writer.end()
  const { title, ...metadata } = officeProperties(opened)
  return { ...(title !== undefined && { title }), metadata, blocks: writer.blocks }
}

/** What paragraphs of a style are, by its id, which is another word in every language; its name is the same in all. */
function kindsOfStyles(opened: DocumentPackage, part: string): Map<string, TextKind> {
  const kinds = new Map<string, TextKind>()
  const target = [...opened.relations(part).values()].find(({ type }) => type === 'styles')?.target
  if (target === undefined || !opened.has(target)) return kinds
  let id = ''
  readXml(opened.text(target), target, {
    open(name, attributes) {
      if (name === 'style') id = attributes['w:styleId'] ?? ''
      else if (name === 'numPr' && !kinds.has(id)) kinds.set(id, 'item')
      else if (name === 'name') {
        const style = attributes['w:val'] ?? ''
        const level = /^heading (\d)$/i.exec(style)?.[1]
        if (level !== undefined) kinds.set(id, { heading: Number(level) })
        else if (/^title$/i.test(style)) kinds.set(id, { heading: 1 })
        else if (/^list (bullet|number)/i.test(style)) kinds.set(id, 'item')
      }
    }
  })
  return kinds
}
