/** Looks at the tables of Arrow's metadata, without believing a length in them. */
import type { Field } from 'apache-arrow/fb/field'
import { Footer } from 'apache-arrow/fb/footer'
import type { KeyValue } from 'apache-arrow/fb/key-value'
import type { Message } from 'apache-arrow/fb/message'
import type { RecordBatch } from 'apache-arrow/fb/record-batch'
import type { Schema } from 'apache-arrow/fb/schema'
import { type ByteBuffer, Encoding } from 'flatbuffers'
import { AppError } from '../../core/errors.ts'
import { damaged } from './arrow-damage.ts'

const MAX_DEPTH = 64
/** Bytes of an entry: an offset to a table, a field node or buffer, a count of buffers, where a block lies. */
const OFFSET_BYTES = 4
const PAIR_BYTES = 16
const COUNT_BYTES = 8
const BLOCK_BYTES = 24
/** Writers may let several entries point at one text, but not at any price. */
const MAX_SHARING = 8
/** Values of a column without buffers; others take at least a bit each. */
const MAX_WEIGHTLESS = 1024 * 1024
const OLDEST_VERSION = 3

/** How many nodes of a batch belong to each column. */
export type Shape = readonly number[]

export interface Block {
  kind: 'batch' | 'dictionary'
  offset: number
}

export function checkFooter(bytes: ByteBuffer): { shape: Shape; blocks: Block[] } {
  const footer = Footer.getRootAsFooter(bytes)
  checkVector(footer.recordBatchesLength(), BLOCK_BYTES, bytes)
  checkVector(footer.dictionariesLength(), BLOCK_BYTES, bytes)
  const shape = checkSchema(footer.schema(), bytes, footer)
  const blocks: Block[] = []
  for (let at = 0; at < footer.dictionariesLength(); at++) {
    blocks.push({ kind: 'dictionary', offset: Number(footer.dictionaries(at)?.offset() ?? -1) })
  }
  for (let at = 0; at < footer.recordBatchesLength(); at++) {
    blocks.push({ kind: 'batch', offset: Number(footer.recordBatches(at)?.offset() ?? -1) })
  }
  return { shape, blocks }
}

export function checkSchema(schema: Schema | null, bytes: ByteBuffer, holder: Message | Footer): Shape {
  if (!schema) throw damaged()
  // However the tables point at each other, no honest schema has more in it than its bytes have room for.
  const budget = { left: bytes.capacity() * MAX_SHARING }
  checkEntries(holder, bytes, budget)
  checkEntries(schema, bytes, budget)
  checkVector(schema.fieldsLength(), OFFSET_BYTES, bytes)
  return Array.from({ length: schema.fieldsLength() }, (_, at) => checkField(schema.fields(at), bytes, 1, budget))
}

interface Budget {
  left: number
}

function checkField(field: Field | null, bytes: ByteBuffer, depth: number, budget: Budget): number {
  if (!field || depth > MAX_DEPTH) throw damaged()
  spend(budget, OFFSET_BYTES)
  spend(budget, field.name(Encoding.UTF8_BYTES)?.length ?? 0)
  checkEntries(field, bytes, budget)
  checkVector(field.childrenLength(), OFFSET_BYTES, bytes)
  let nodes = 1
  for (let at = 0; at < field.childrenLength(); at++) nodes += checkField(field.children(at), bytes, depth + 1, budget)
  // In a batch such a column has its indexes only.
  return field.dictionary() ? 1 : nodes
}

interface Entries {
  customMetadataLength(): number
  customMetadata(at: number): KeyValue | null
}

function checkEntries(table: Entries, bytes: ByteBuffer, budget: Budget): void {
  checkVector(table.customMetadataLength(), OFFSET_BYTES, bytes)
  for (let at = 0; at < table.customMetadataLength(); at++) {
    const entry = table.customMetadata(at)
    spend(budget, OFFSET_BYTES)
    spend(budget, entry?.key(Encoding.UTF8_BYTES)?.length ?? 0)
    spend(budget, entry?.value(Encoding.UTF8_BYTES)?.length ?? 0)
  }
}

function spend(budget: Budget, bytes: number): void {
  budget.left -= bytes
  if (budget.left < 0) throw damaged()
}

/** `shape` is that of the columns; a batch of a dictionary has one of its own. */
export function checkBatch(batch: RecordBatch | null, bytes: ByteBuffer, message: Message, shape?: Shape): void {
  if (!batch) throw damaged()
  if (message.version() < OLDEST_VERSION) {
    throw new AppError('UNSUPPORTED', 'The Arrow data is of a version before 0.8; write it anew with a later one')
  }
  if (batch.compression()) {
    throw new AppError('UNSUPPORTED', 'The Arrow data is compressed; write it without compression, or as Parquet')
  }
  checkEntries(message, bytes, { left: bytes.capacity() * MAX_SHARING })
  checkVector(batch.nodesLength(), PAIR_BYTES, bytes)
  checkVector(batch.buffersLength(), PAIR_BYTES, bytes)
  checkVector(batch.variadicBufferCountsLength(), COUNT_BYTES, bytes)
  const bodyBytes = Number(message.bodyLength())
  checkNodes(batch, Math.max(bodyBytes * 8, MAX_WEIGHTLESS), shape)
  for (let at = 0; at < batch.buffersLength(); at++) {
    const buffer = batch.buffers(at)
    const [offset, length] = [Number(buffer?.offset() ?? -1), Number(buffer?.length() ?? -1)]
    if (offset < 0 || length < 0 || offset + length > bodyBytes) throw damaged()
  }
  for (let at = 0; at < batch.variadicBufferCountsLength(); at++) {
    const count = Number(batch.variadicBufferCounts(at) ?? -1)
    if (count < 0 || count > batch.buffersLength()) throw damaged()
  }
}

function checkNodes(batch: RecordBatch, maxValues: number, shape: Shape | undefined): void {
  for (let at = 0; at < batch.nodesLength(); at++) {
    const node = batch.nodes(at)
    const [length, nulls] = [Number(node?.length() ?? -1), Number(node?.nullCount() ?? -1)]
    if (length < 0 || length > maxValues || nulls < 0 || nulls > length) throw damaged()
  }
  if (!shape) return
  // The reader would fill columns that are shorter than others with nulls.
  let first = 0
  for (const nodes of shape) {
    if (batch.nodes(first)?.length() !== batch.length()) throw damaged()
    first += nodes
  }
  if (first !== batch.nodesLength()) throw damaged()
}

function checkVector(length: number, entryBytes: number, bytes: ByteBuffer): void {
  if (length < 0 || length * entryBytes > bytes.capacity()) throw damaged()
}
