import { Parser } from 'htmlparser2'
import { AppError } from '../../core/errors.ts'

export interface XmlHandlers {
  /** Names without their prefix; attributes with it. */
  open?(name: string, attributes: Record<string, string>): void
  close?(name: string): void
  text?(text: string): void
}

/** Deeper than any document is; what is deeper is made to exhaust its reader. */
const MAX_DEPTH = 500

/** Reads XML that a program wrote. Entities of its own are not expanded. @throws BAD_DATA if it ends in the middle. */
export function readXml(text: string, part: string, handlers: XmlHandlers): void {
  let depth = 0
  let elements = 0
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        elements++
        if (++depth > MAX_DEPTH) throw new AppError('BAD_DATA', `${part} is nested deeper than ${MAX_DEPTH} elements`)
        handlers.open?.(localName(name), attributes)
      },
      onclosetag(name, isImplied) {
        depth--
        // Implied is the end of what closes itself, and of what the end of something else cuts off.
        if (isImplied && text[parser.endIndex - 1] !== '/') throw cut(part)
        handlers.close?.(localName(name))
      },
      ontext: text => handlers.text?.(text)
    },
    { xmlMode: true, decodeEntities: true }
  )
  parser.write(text)
  if (depth !== 0 || elements === 0) throw cut(part)
  parser.end()
}

const cut = (part: string) => new AppError('BAD_DATA', `${part} is no whole XML: something ends in the middle`)

const localName = (name: string) => name.slice(name.indexOf(':') + 1)
