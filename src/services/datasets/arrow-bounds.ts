/**
 * Looks at every message of Arrow IPC before the library does: where metadata claims more than its bytes hold, the library would
 * allocate or loop until the process dies. Layout: https://arrow.apache.org/docs/format/Columnar.html#ipc
 */
import type { FileHandle } from 'node:fs/promises'
import { DictionaryBatch } from 'apache-arrow/fb/dictionary-batch'
import { Message } from 'apache-arrow/fb/message'
import { MessageHeader } from 'apache-arrow/fb/message-header'
import { RecordBatch } from 'apache-arrow/fb/record-batch'
import { Schema } from 'apache-arrow/fb/schema'
import { ByteBuffer } from 'flatbuffers'
import { AppError } from '../../core/errors.ts'
import { damaged } from './arrow-damage.ts'
import { checkBatch, checkFooter, checkSchema, type Shape } from './arrow-metadata.ts'

const MAGIC = 'ARROW1'
const MAX_METADATA_BYTES = 16 * 1024 * 1024
/** The library holds the body of a message in memory as a whole. */
const MAX_BODY_BYTES = 1024 ** 3
const CONTINUATION = 0xffffffff
/** Of the length of the footer and the magic after it. */
const TAIL_BYTES = 10

type Kind = 'schema' | 'batch' | 'dictionary'

interface Found {
  kind: Kind
  bodyBytes: number
  end: number
  shape: Shape | undefined
}

/** @throws BAD_DATA for metadata that cannot be true, TOO_LARGE for a body that is too much at once, UNSUPPORTED for compressed bodies. */
export async function checkArrowBounds(file: FileHandle, signal?: AbortSignal): Promise<void> {
  const { size } = await file.stat()
  const head = await readAt(file, 0, Math.min(MAGIC.length, size))
  if (head.toString('latin1') === MAGIC) await checkFile(file, size, signal)
  else await checkStream(file, size, signal)
}

async function checkStream(file: FileHandle, size: number, signal?: AbortSignal): Promise<void> {
  let shape: Shape | undefined
  for (let at = 0; at < size; ) {
    signal?.throwIfAborted()
    const message = await readMessage(file, at, size, shape)
    if (!message) return
    // Columns that change on the way would not be those of the table that is being filled.
    if ((message.kind === 'schema') !== (shape === undefined)) throw damaged()
    shape ??= message.shape
    at = message.end
  }
}

async function checkFile(file: FileHandle, size: number, signal?: AbortSignal): Promise<void> {
  const length = size < TAIL_BYTES ? 0 : (await readAt(file, size - TAIL_BYTES, 4)).readInt32LE()
  const bytes = await readMetadata(file, size - TAIL_BYTES - length, length, size)
  const { shape, blocks } = checkFooter(new ByteBuffer(bytes))
  let bodyBytes = 0
  for (const { offset, kind } of blocks) {
    signal?.throwIfAborted()
    const message = await readMessage(file, offset, size, shape)
    // The reader would come back to a block of another kind without end; and blocks that overlap make much of little.
    if (message?.kind !== kind) throw damaged()
    bodyBytes += message.bodyBytes
    if (bodyBytes > size) throw damaged()
  }
}

/** Undefined at the end of a stream. */
async function readMessage(
  file: FileHandle,
  start: number,
  size: number,
  shape: Shape | undefined
): Promise<Found | undefined> {
  if (!(start >= 0 && start + 4 <= size)) throw damaged()
  const head = await readAt(file, start, 8)
  const hasMark = head.readUInt32LE(0) === CONTINUATION
  if (hasMark && head.length < 8) throw damaged()
  const length = head.readInt32LE(hasMark ? 4 : 0)
  if (length === 0) return undefined
  const at = start + (hasMark ? 8 : 4)
  const bytes = new ByteBuffer(await readMetadata(file, at, length, size))
  const message = Message.getRootAsMessage(bytes)
  const bodyBytes = Number(message.bodyLength())
  const end = at + length + bodyBytes
  if (bodyBytes < 0 || end > size) throw damaged()
  if (bodyBytes > MAX_BODY_BYTES) {
    throw new AppError('TOO_LARGE', `The Arrow data has a batch of ${bodyBytes} bytes; write batches of fewer rows`)
  }
  const found = { bodyBytes, end, shape }
  switch (message.headerType()) {
    case MessageHeader.Schema:
      if (bodyBytes > 0) throw damaged()
      return { ...found, kind: 'schema', shape: checkSchema(message.header(new Schema()), bytes, message) }
    case MessageHeader.RecordBatch:
      checkBatch(message.header(new RecordBatch()), bytes, message, shape)
      return { ...found, kind: 'batch' }
    case MessageHeader.DictionaryBatch:
      checkBatch(message.header(new DictionaryBatch())?.data() ?? null, bytes, message)
      return { ...found, kind: 'dictionary' }
    default:
      throw damaged()
  }
}

async function readMetadata(file: FileHandle, start: number, length: number, size: number): Promise<Buffer> {
  if (length < 8 || length > MAX_METADATA_BYTES || start < 0 || start + length > size) throw damaged()
  return await readAt(file, start, length)
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
