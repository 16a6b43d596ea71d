/** EPUB 2 and 3: the chapters in the order of the spine. */
import { posix } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { ByteSource } from '../byte-source.ts'
import type { Document } from './document.ts'
import { readHtml } from './html.ts'
import { openPackage, readProperties } from './package.ts'
import { readXml } from './xml.ts'

const CONTAINER = 'META-INF/container.xml'
const ENCRYPTION = 'META-INF/encryption.xml'

export function readEpub(source: ByteSource): Document {
  const opened = openPackage(source)
  let root = ''
  readXml(opened.text(CONTAINER), CONTAINER, {
    open(name, attributes) {
      if (name === 'rootfile') root ||= attributes['full-path'] ?? ''
    }
  })
  const files = new Map<string, string>()
  const spine: string[] = []
  const description = opened.text(root)
  readXml(description, root, {
    open(name, { id = '', href = '', idref = '' }) {
      if (name === 'item') files.set(id, href)
      else if (name === 'itemref') spine.push(idref)
    }
  })
  const chapters = spine.flatMap(id => {
    const href = files.get(id)
    return href === undefined ? [] : [posix.join(posix.dirname(root), decodeHref(href))]
  })
  const locked = opened.has(ENCRYPTION) ? lockedParts(opened.text(ENCRYPTION)) : new Set<string>()
  if (chapters.some(chapter => locked.has(chapter))) {
    throw new AppError('UNSUPPORTED', 'The book is encrypted; only books without copy protection are read')
  }
  const { title, ...metadata } = readProperties(description, root)
  const blocks = chapters.flatMap(chapter => readHtml(Buffer.from(opened.text(chapter))).blocks)
  return { ...(title !== undefined && { title }), metadata, blocks }
}

function lockedParts(xml: string): Set<string> {
  const found = new Set<string>()
  readXml(xml, ENCRYPTION, {
    open(name, { URI }) {
      if (name === 'CipherReference' && URI !== undefined) found.add(URI)
    }
  })
  return found
}

/** A part's name as an address has it, or as it stands where it is none. */
function decodeHref(href: string): string {
  try {
    return decodeURIComponent(href.split('#', 1)[0] ?? '')
  } catch {
    return href
  }
}
