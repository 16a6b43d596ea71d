/** Reads the body of a request, never holding more of it than the limit. */
import type { IncomingMessage } from 'node:http'

/** The bytes, `too-large` as soon as that is known, or `gone` if the client went away before the end. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large' | 'gone'> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let length = 0

    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) refuse()
      else chunks.push(chunk)
    }
    const refuse = () => {
      request.off('data', onData)
      chunks.length = 0
      // What still comes is read and dropped: a client that is cut off while it sends never sees the answer.
      request.resume()
      resolve('too-large')
    }

    request.on('error', () => resolve('gone'))
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) return refuse()
    request.on('data', onData)
    request.on('end', () => {
      const [only] = chunks
      resolve(chunks.length === 1 && only ? only : Buffer.concat(chunks, length))
    })
    request.on('close', () => resolve('gone'))
  })
}

/** Whether the content type is JSON, with or without parameters, and not compressed. */
export function isJson(request: IncomingMessage): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers
  return encoding === 'identity' && /^application\/json *(;|$)/i.test(type)
}
