/** The Range header of RFC 9110, as far as one range of bytes; a header that asks for more is answered as if there were none. */

export interface ByteRange {
  offset: number
  length: number
}

export function rangeOf(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') return between(Math.max(0, size - Number(last)), size - 1, size)
  if (last !== '' && Number(last) < Number(first)) return undefined
  return between(Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1), size)
}

function between(first: number, last: number, size: number): ByteRange | 'unsatisfiable' {
  return first >= size || last < first ? 'unsatisfiable' : { offset: first, length: last - first + 1 }
}
