import { AppError } from '../../core/errors.ts'
import type { ReadableFile } from './api.ts'
import { fileError, quote } from './file-error.ts'
import type { OpenFile } from './handles.ts'

/** Large enough that the cost of a read does not show, small enough to hold many. */
const CHUNK_BYTES = 256 * 1024

export function toReadable(file: OpenFile): ReadableFile {
  return {
    path: file.path,
    sizeBytes: file.sizeBytes,
    enginePath: file.enginePath,
    read: options => readRange(file, options),
    [Symbol.asyncDispose]: () => file.handle.close()
  }
}

async function* readRange(
  { handle, path, sizeBytes }: OpenFile,
  { start = 0, end = sizeBytes, signal }: NonNullable<Parameters<ReadableFile['read']>[0]> = {}
): AsyncGenerator<Uint8Array> {
  const stop = Math.min(end, sizeBytes)
  for (let position = start; position < stop; ) {
    signal?.throwIfAborted()
    const length = Math.min(CHUNK_BYTES, stop - position)
    const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, position).catch(error => {
      throw fileError(error, path)
    })
    if (bytesRead === 0) throw new AppError('BAD_DATA', `${quote(path)} was cut short while it was being read`)
    yield buffer.subarray(0, bytesRead)
    position += bytesRead
  }
}
