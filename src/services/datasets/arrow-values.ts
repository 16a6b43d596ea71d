/** Checks that the values of a decoded batch are there: what a buffer does not hold, the library would read as null or as something else. */
import type { Data } from 'apache-arrow'
import { AppError } from '../../core/errors.ts'
import { damaged } from './arrow-damage.ts'

type Library = typeof import('apache-arrow')
type Offsets = Int32Array | BigInt64Array

/** Bytes that values take when they are read. */
interface Weight {
  /** Of the largest. */
  one: number
  /** Of all. */
  all: number
}

/** What a row costs at least, for each value in it. */
const VALUE_BYTES = 16
const VIEW_BYTES = 16
/** A view of at most this many bytes holds them itself. */
const INLINE_BYTES = 12
/** Dictionaries and views let one row refer to the same bytes again and again. */
const MAX_ROW_BYTES = 256 * 1024 * 1024

/** Where the weights of dictionaries are kept, which batches share. */
type Known = Map<unknown, number>

/**
 * Answers the most bytes that one row of the columns of a batch can take. BAD_DATA when the buffers of a column are not what its length
 * needs, TOO_LARGE when a row is too much to hold.
 */
export function createWeigher(library: Library): (columns: readonly Data[]) => number {
  const known: Known = new Map()
  return columns => {
    const bytes = columns.reduce((sum, column) => sum + weigh(column, library, known).one, 0)
    if (bytes <= MAX_ROW_BYTES) return bytes
    throw new AppError(
      'TOO_LARGE',
      `A row of the Arrow data can take ${bytes} bytes; at most ${MAX_ROW_BYTES} are read`
    )
  }
}

function weigh(data: Data, library: Library, known: Known): Weight {
  const { type, length } = data
  const { DataType } = library
  if (DataType.isNull(type)) return evenly(length, VALUE_BYTES)
  checkValidity(data)
  if (DataType.isStruct(type)) return weighStruct(data, library, known)
  if (DataType.isFixedSizeList(type)) return weighLists(data, () => type.listSize, library, known)
  if (DataType.isList(type)) {
    const offsets = checkOffsets(data, data.children[0]?.length ?? 0)
    return weighLists(data, row => Number(offsets[row + 1]) - Number(offsets[row]), library, known)
  }
  if (DataType.isBinaryView(type) || DataType.isUtf8View(type)) return weighViews(data)
  if (data.valueOffsets) {
    const offsets = checkOffsets(data, data.values.length)
    const longest = greatest(length, row => Number(offsets[row + 1]) - Number(offsets[row]))
    return { one: VALUE_BYTES + longest, all: length * VALUE_BYTES + data.values.length }
  }
  const held = DataType.isBool(type) ? data.values.length * 8 : data.values.length
  if (data.stride < 0 || held < length * data.stride) throw damaged()
  if (DataType.isDictionary(type)) return evenly(length, weighDictionary(data, library, known))
  return evenly(length, VALUE_BYTES + data.stride)
}

const evenly = (length: number, one: number): Weight => ({ one, all: length * one })

function checkValidity({ nullBitmap, length, nullCount }: Data): void {
  const bits = (nullBitmap?.length ?? 0) * 8
  if (bits < length && (bits > 0 || nullCount > 0)) throw damaged()
}

/** They grow from value to value, and end within what they point into. */
function checkOffsets({ valueOffsets, length }: Data, limit: number): Offsets {
  const offsets: Offsets = valueOffsets
  if (length === 0) return offsets
  if (offsets.length <= length || (offsets[0] ?? -1) < 0 || (offsets[length] ?? 0) > limit) throw damaged()
  for (let row = 0; row < length; row++) if ((offsets[row + 1] ?? 0) < (offsets[row] ?? 0)) throw damaged()
  return offsets
}

function weighStruct({ children, length }: Data, library: Library, known: Known): Weight {
  const weights = children.map(child => {
    if (child.length < length) throw damaged()
    return weigh(child, library, known)
  })
  return {
    one: weights.reduce((sum, { one }) => sum + one, VALUE_BYTES),
    all: weights.reduce((sum, { all }) => sum + all, length * VALUE_BYTES)
  }
}

function weighLists(
  { children, length }: Data,
  sizeOf: (row: number) => number,
  library: Library,
  known: Known
): Weight {
  const [items] = children
  if (!items) throw damaged()
  const weight = weigh(items, library, known)
  let total = 0
  const longest = greatest(length, row => {
    const size = sizeOf(row)
    total += size
    return size
  })
  if (longest < 0 || total > items.length) throw damaged()
  return {
    one: VALUE_BYTES + Math.min(longest * weight.one, weight.all),
    all: length * VALUE_BYTES + weight.all
  }
}

function weighViews({ values, variadicBuffers, length }: Data): Weight {
  if (values.length < length * VIEW_BYTES) throw damaged()
  const views = new DataView(values.buffer, values.byteOffset, values.byteLength)
  const longest = greatest(length, row => {
    const at = row * VIEW_BYTES
    const size = views.getInt32(at, true)
    if (size < 0) throw damaged()
    if (size <= INLINE_BYTES) return size
    const [buffer, offset] = [variadicBuffers[views.getInt32(at + 8, true)], views.getInt32(at + 12, true)]
    if (!buffer || offset < 0 || offset + size > buffer.length) throw damaged()
    return size
  })
  return evenly(length, VALUE_BYTES + longest)
}

function weighDictionary({ dictionary, length }: Data, library: Library, known: Known): number {
  if (!dictionary) {
    if (length > 0) throw new AppError('BAD_DATA', 'The Arrow data refers to a dictionary that it does not hold')
    return VALUE_BYTES
  }
  const heaviest =
    known.get(dictionary) ??
    greatest(dictionary.data.length, at => {
      const part = dictionary.data[at]
      return part ? weigh(part, library, known).one : 0
    })
  known.set(dictionary, heaviest)
  return heaviest
}

function greatest(length: number, of: (index: number) => number): number {
  let most = 0
  for (let index = 0; index < length; index++) most = Math.max(most, of(index))
  return most
}
