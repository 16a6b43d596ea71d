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
    readInto: (buffer, position) => readInto(file, buffer, position),
    [Symbol.asyncDispose]: () => file.handle.close()
  }
}

async function* readRange(
  file: OpenFile,
  { start = 0, end = file.sizeBytes, signal }: NonNullable<Parameters<ReadableFile['read']>[0]> = {}
): AsyncGenerator<Uint8Array> {
  const stop = Math.min(end, file.sizeBytes)
  for (let position = start; position < stop; ) {
    signal?.throwIfAborted()
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, stop - position))
    await readInto(file, chunk, position)
    yield chunk
    position += chunk.byteLength
  }
}

async function readInto({ handle, path, sizeBytes }: OpenFile, buffer: Uint8Array, position: number): Promise<number> {
  const wanted = Math.max(0, Math.min(buffer.byteLength, sizeBytes - position))
  for (let done = 0; done < wanted; ) {
    const { bytesRead } = await handle.read(buffer, done, wanted - done, position + done).catch(error => {
      throw fileError(error, path)
    })
    if (bytesRead === 0) throw new AppError('BAD_DATA', `${quote(path)} was cut short while it was being read`)
    done += bytesRead
  }
  return wanted
}
