/** PresentationML (ECMA-376): the slides in their order, each under its title, with their tables. */
import type { ByteSource } from '../byte-source.ts'
import type { Document } from './document.ts'
import { createFlow } from './flow.ts'
import { mainPart, officeProperties, openPackage } from './package.ts'
import { type BlockWriter, createBlockWriter, type TextKind } from './writer.ts'
import { readXml } from './xml.ts'

export function readPptx(source: ByteSource): Document {
  const opened = openPackage(source)
  const part = mainPart(opened, 'ppt/presentation.xml')
  const relations = opened.relations(part)
  const slides: string[] = []
  readXml(opened.text(part), part, {
    open(name, attributes) {
      const target = name === 'sldId' ? relations.get(attributes['r:id'] ?? '')?.target : undefined
      if (target !== undefined) slides.push(target)
    }
  })
  const writer = createBlockWriter()
  for (const slide of slides) readSlide(opened.text(slide), slide, writer)
  const { title, ...metadata } = officeProperties(opened)
  return {
    ...(title !== undefined && { title }),
    metadata: { ...metadata, slides: String(slides.length) },
    blocks: writer.blocks
  }
}

function readSlide(xml: string, part: string, writer: BlockWriter): void {
  let kind: TextKind = 'paragraph'
  const flow = createFlow(writer)
  readXml(xml, part, {
    open(name, { type }) {
      if (name === 'sp') kind = 'paragraph'
      else if (name === 'ph') kind = type === 'title' || type === 'ctrTitle' ? { heading: 2 } : 'paragraph'
      else flow.open(name)
    },
    text: flow.text,
    close: name => flow.close(name, kind)
  })
  writer.end()
}
