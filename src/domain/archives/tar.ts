/** tar (POSIX ustar and pax, GNU long names), read as a stream. Checksums of headers are checked. */
import { AppError } from '../../core/errors.ts'
import { type Budget, quoteName } from './budget.ts'

const BLOCK_BYTES = 512
const MAX_HEADER_TEXT_BYTES = 1024 ** 2

export interface TarEntry {
  name: string
  kind: 'file' | 'directory' | 'link' | 'other'
  content: Buffer
}

/** @throws BAD_DATA if it is cut or damaged. TOO_LARGE by the budget. */
export async function* readTar(
  parts: AsyncIterable<Buffer> | Iterable<Buffer>,
  budget: Budget
): AsyncGenerator<TarEntry> {
  const { take } = createTaker(parts)
  let pax: Record<string, string> = {}
  let longName: string | undefined
  for (;;) {
    const header = await take(BLOCK_BYTES)
    // Some writers leave the closing zeros away.
    if (header === undefined || header.every(byte => byte === 0)) return
    checkHeader(header)
    const type = String.fromCharCode(header[156] ?? 0)
    const sizeBytes = pax.size === undefined ? numberAt(header, 124, 12) : Number(pax.size)
    const name = longName ?? pax.path ?? headerName(header)
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw damaged(`${quoteName(name)} has no size`)
    const isHeaderText = 'xgLK'.includes(type)
    if (isHeaderText && sizeBytes > MAX_HEADER_TEXT_BYTES) throw damaged(`a name has ${sizeBytes} bytes`)
    if (!isHeaderText) budget.entry(name, sizeBytes)
    const padded = Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
    const content = (await take(padded))?.subarray(0, sizeBytes)
    if (content === undefined) throw damaged(`${quoteName(name)} is cut off`)
    if (type === 'x') pax = parsePax(content)
    else if (type === 'L') longName = textOf(content)
    else if (!isHeaderText) {
      yield { name, kind: kindOf(type, name), content }
      pax = {}
      longName = undefined
    }
  }
}

/** Whether a block is the header of an entry. */
export function isTarHeader(block: Buffer): boolean {
  return block.length >= BLOCK_BYTES && numberAt(block, 148, 8) === checksumOf(block) && block[0] !== 0
}

function createTaker(parts: AsyncIterable<Buffer> | Iterable<Buffer>) {
  const iterator = Symbol.asyncIterator in parts ? parts[Symbol.asyncIterator]() : parts[Symbol.iterator]()
  let rest: Buffer[] = []
  let length = 0
  return {
    /** `undefined` when there is nothing left; BAD_DATA when it ends within. */
    async take(wanted: number): Promise<Buffer | undefined> {
      if (wanted === 0) return Buffer.alloc(0)
      while (length < wanted) {
        const next = await iterator.next()
        if (next.done) {
          if (length === 0) return undefined
          throw damaged('it ends in the middle')
        }
        rest.push(next.value)
        length += next.value.length
      }
      const all = rest.length === 1 && rest[0] ? rest[0] : Buffer.concat(rest)
      rest = [all.subarray(wanted)]
      length -= wanted
      return all.subarray(0, wanted)
    }
  }
}

function checkHeader(header: Buffer): void {
  if (numberAt(header, 148, 8) !== checksumOf(header))
    throw damaged('the header of an entry does not match its checksum')
}

/** The sum of the bytes of the header, with spaces in the place of the sum. */
function checksumOf(header: Buffer): number {
  let sum = 8 * 32
  for (let at = 0; at < BLOCK_BYTES; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0
  return sum
}

/** Octal digits, or big-endian bytes behind a set first bit. */
function numberAt(header: Buffer, at: number, length: number): number {
  if (((header[at] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(at + length - 8))
  const digits = textOf(header.subarray(at, at + length)).trim()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN
}

function headerName(header: Buffer): string {
  const name = textOf(header.subarray(0, 100))
  const prefix = textOf(header.subarray(257, 262)) === 'ustar' ? textOf(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Lines of `<length> <key>=<value>\n`. */
function parsePax(bytes: Buffer): Record<string, string> {
  const found: Record<string, string> = {}
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at)
    const length = Number(bytes.toString('latin1', at, space))
    if (space === -1 || !(length > space - at)) throw damaged('a header of attributes is malformed')
    const [key = '', ...value] = bytes.toString('utf8', space + 1, at + length - 1).split('=')
    if (key === 'path' || key === 'size') found[key] = value.join('=')
    at += length
  }
  return found
}

const textOf = (bytes: Buffer) => bytes.toString('utf8').replace(/\0.*$/s, '')

function kindOf(type: string, name: string): TarEntry['kind'] {
  if (type === '5' || (type === '\0' && name.endsWith('/'))) return 'directory'
  if (type === '0' || type === '\0' || type === '7') return 'file'
  return type === '1' || type === '2' ? 'link' : 'other'
}

function damaged(what: string): AppError {
  return new AppError('BAD_DATA', `The tar archive is damaged: ${what}`)
}
