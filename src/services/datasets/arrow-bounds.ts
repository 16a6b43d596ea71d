/**
 * Looks at the metadata of Arrow IPC before the library does: a vector that claims more entries than its bytes can hold is a lie
 * on which the library would allocate until the process dies. Layout: https://arrow.apache.org/docs/format/Columnar.html#ipc
 */
import type { FileHandle } from 'node:fs/promises'
import type { Field } from 'apache-arrow/fb/field'
import type { Schema } from 'apache-arrow/fb/schema'
import { AppError } from '../../core/errors.ts'

const MAGIC = 'ARROW1'
const MAX_METADATA_BYTES = 16 * 1024 * 1024
const MAX_DEPTH = 64
/** Bytes of an offset to a table, and of the struct that tells where a block lies. */
const OFFSET_BYTES = 4
const BLOCK_BYTES = 24
const CONTINUATION = 0xffffffff

export async function checkArrowBounds(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  const head = await readAt(file, 0, Math.min(16, size))
  const isFile = head.toString('latin1', 0, MAGIC.length) === MAGIC
  await checkFirstMessage(file, head, isFile ? 8 : 0, size)
  if (isFile) await checkFooter(file, size)
}

async function checkFirstMessage(file: FileHandle, head: Buffer, start: number, size: number): Promise<void> {
  if (head.length < start + 8) return
  const hasMark = head.readUInt32LE(start) === CONTINUATION
  const length = head.readInt32LE(hasMark ? start + 4 : start)
  const bytes = await metadata(file, start + (hasMark ? 8 : 4), length, size)
  const [{ Message }, { MessageHeader }, { Schema }, flatbuffers] = await Promise.all([
    import('apache-arrow/fb/message'),
    import('apache-arrow/fb/message-header'),
    import('apache-arrow/fb/schema'),
    import('flatbuffers')
  ])
  const message = Message.getRootAsMessage(new flatbuffers.ByteBuffer(bytes))
  checkVector(message.customMetadataLength(), OFFSET_BYTES, bytes)
  if (message.headerType() === MessageHeader.Schema) checkSchema(message.header(new Schema()), bytes)
}

async function checkFooter(file: FileHandle, size: number): Promise<void> {
  const tail = await readAt(file, Math.max(0, size - 10), 10)
  const length = tail.readInt32LE(0)
  const bytes = await metadata(file, size - 10 - length, length, size)
  const [{ Footer }, flatbuffers] = await Promise.all([import('apache-arrow/fb/footer'), import('flatbuffers')])
  const footer = Footer.getRootAsFooter(new flatbuffers.ByteBuffer(bytes))
  checkVector(footer.recordBatchesLength(), BLOCK_BYTES, bytes)
  checkVector(footer.dictionariesLength(), BLOCK_BYTES, bytes)
  checkVector(footer.customMetadataLength(), OFFSET_BYTES, bytes)
  checkSchema(footer.schema(), bytes)
}

function checkSchema(schema: Schema | null, bytes: Uint8Array): void {
  if (!schema) return
  checkVector(schema.customMetadataLength(), OFFSET_BYTES, bytes)
  checkVector(schema.fieldsLength(), OFFSET_BYTES, bytes)
  // However the tables point at each other, no honest schema has more fields than its bytes have room for.
  const budget = { left: bytes.length / OFFSET_BYTES }
  for (let at = 0; at < schema.fieldsLength(); at++) checkField(schema.fields(at), bytes, 1, budget)
}

function checkField(field: Field | null, bytes: Uint8Array, depth: number, budget: { left: number }): void {
  if (!field) return
  if (depth > MAX_DEPTH || --budget.left < 0) throw damaged()
  checkVector(field.customMetadataLength(), OFFSET_BYTES, bytes)
  checkVector(field.childrenLength(), OFFSET_BYTES, bytes)
  for (let at = 0; at < field.childrenLength(); at++) checkField(field.children(at), bytes, depth + 1, budget)
}

function checkVector(length: number, entryBytes: number, bytes: Uint8Array): void {
  if (length < 0 || length * entryBytes > bytes.length) throw damaged()
}

async function metadata(file: FileHandle, start: number, length: number, size: number): Promise<Buffer> {
  if (length < 8 || length > MAX_METADATA_BYTES || start < 0 || start + length > size) throw damaged()
  return await readAt(file, start, length)
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}

function damaged(): AppError {
  return new AppError('BAD_DATA', 'The Arrow data is damaged: its metadata claims more than its bytes can hold')
}
