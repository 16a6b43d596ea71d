/** The parts of a document that is a ZIP: those of Office (OPC) with their relations, and those of EPUB. */
import { posix } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { createBudget } from '../archives/budget.ts'
import { readZip, readZipEntry } from '../archives/zip.ts'
import type { ByteSource } from '../byte-source.ts'
import { decodeText } from './text-encoding.ts'
import { readXml } from './xml.ts'

export interface DocumentPackage {
  /** BAD_DATA if it is missing. */
  text(part: string): string
  has(part: string): boolean
  /** Targets of the relations of a part by id, as names of parts. */
  relations(part: string): Map<string, Relation>
}

export interface Relation {
  /** The last word of its type: `worksheet`, `slide`. */
  type: string
  target: string
}

export function openPackage(source: ByteSource): DocumentPackage {
  const budget = createBudget(source.sizeBytes)
  const entries = new Map(readZip(source, budget).map(entry => [entry.name, entry]))
  const opened: DocumentPackage = {
    has: part => entries.has(part),
    text(part) {
      const entry = entries.get(part)
      if (!entry)
        throw new AppError(
          'BAD_DATA',
          `The document is damaged: its part ${JSON.stringify(part.slice(0, 200))} is missing`
        )
      return decodeText(readZipEntry(source, entry, budget))
    },
    relations(part) {
      const found = new Map<string, Relation>()
      const name = posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`)
      if (!entries.has(name)) return found
      readXml(opened.text(name), name, {
        open(element, { Id = '', Type = '', Target = '', TargetMode }) {
          if (element !== 'Relationship' || TargetMode === 'External') return
          const target = Target.startsWith('/') ? Target.slice(1) : posix.join(posix.dirname(part), Target)
          found.set(Id, { type: posix.basename(Type), target })
        }
      })
      return found
    }
  }
  return opened
}

/** The part that the package is about. */
export function mainPart(opened: DocumentPackage, fallback: string): string {
  return [...opened.relations('').values()].find(({ type }) => type === 'officeDocument')?.target ?? fallback
}

const PROPERTIES: Record<string, string> = {
  title: 'title',
  creator: 'author',
  subject: 'subject',
  description: 'description',
  keywords: 'keywords',
  language: 'language',
  created: 'created',
  modified: 'modified',
  publisher: 'publisher',
  date: 'date',
  identifier: 'identifier'
}

/** Dublin Core properties of XML, the first of each. */
export function readProperties(xml: string, part: string): Record<string, string> {
  const found: Record<string, string> = {}
  let current: string | undefined
  readXml(xml, part, {
    open(name) {
      current = Object.hasOwn(PROPERTIES, name) ? PROPERTIES[name] : undefined
      if (current !== undefined && current in found) current = undefined
    },
    text(text) {
      if (current !== undefined && text.trim() !== '')
        found[current] = (found[current] ?? '') + text.trim().slice(0, 1000)
    },
    close() {
      current = undefined
    }
  })
  return found
}

export function officeProperties(opened: DocumentPackage): Record<string, string> {
  const part = 'docProps/core.xml'
  return opened.has(part) ? readProperties(opened.text(part), part) : {}
}
