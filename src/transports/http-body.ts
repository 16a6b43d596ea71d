/** Reads the bodies of requests, never holding more of them than the limits. */
import type { IncomingMessage } from 'node:http'

export interface BodyReader {
  /**
   * The bytes; `too-large` as soon as that is known; `no-room` when all bodies on their way hold as much as they may together;
   * or `gone` if the client went away before the end.
   */
  read(request: IncomingMessage): Promise<Buffer | 'too-large' | 'no-room' | 'gone'>
}

/** Bounds each body, and all that are still on their way together, so that half-sent ones hold memory and no place of a call. */
export function createBodyReader({ maxBytes, maxTotalBytes }: { maxBytes: number; maxTotalBytes: number }): BodyReader {
  let held = 0

  return {
    read(request) {
      return new Promise(resolve => {
        const chunks: Buffer[] = []
        let length = 0

        const finish = (outcome: Buffer | 'too-large' | 'no-room' | 'gone') => {
          held -= length
          length = 0
          resolve(outcome)
        }
        const onData = (chunk: Buffer) => {
          length += chunk.length
          held += chunk.length
          chunks.push(chunk)
          if (length > maxBytes) refuse('too-large')
          else if (held > maxTotalBytes) refuse('no-room')
        }
        const refuse = (why: 'too-large' | 'no-room') => {
          request.off('data', onData)
          chunks.length = 0
          // What still comes is read and dropped: a client that is cut off while it sends never sees the answer.
          request.resume()
          finish(why)
        }

        request.on('error', () => finish('gone'))
        if (Number(request.headers['content-length'] ?? 0) > maxBytes) return refuse('too-large')
        request.on('data', onData)
        request.on('end', () => {
          const [only] = chunks
          finish(chunks.length === 1 && only ? only : Buffer.concat(chunks))
        })
        request.on('close', () => finish('gone'))
      })
    }
  }
}

/** Whether the content type is JSON, with or without parameters, and not compressed. */
export function isJson(request: IncomingMessage): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
  return encoding === 'identity' && /^application\/json *(;|$)/i.test(type)
}
