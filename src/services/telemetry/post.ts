/** One POST to the collector. */
import type { RequestOptions } from 'node:http'

export type Delivered =
  | { kind: 'taken' }
  /** It may be sent again, where the collector says so after that time. */
  | { kind: 'later'; reason: string; afterMs?: number }
  | { kind: 'refused'; reason: string }

export type Post = (url: string, body: object, signal: AbortSignal) => Promise<Delivered>

/** Of those that OTLP lets be sent again. */
const RETRYABLE = [429, 502, 503, 504]

export function createPost(headers: Record<string, string>): Post {
  return async (url, body, signal) => {
    const { request } = await (url.startsWith('https:') ? import('node:https') : import('node:http'))
    // A connection of its own for each: they are seconds apart, and a kept one may be dead without anybody knowing.
    const options: RequestOptions = {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-type': 'application/json' },
      signal
    }
    return await new Promise<Delivered>(resolve => {
      const failed = (error: Error) => resolve({ kind: 'later', reason: error.message })
      const outgoing = request(url, options, response => {
        response.on('error', failed)
        // What it says is of no use here, but unread it would keep the connection.
        response
          .resume()
          .on('end', () => resolve(deliveredBy(response.statusCode ?? 0, response.headers['retry-after'])))
      })
      outgoing.on('error', failed)
      outgoing.end(JSON.stringify(body))
    })
  }
}

function deliveredBy(status: number, retryAfter: string | undefined): Delivered {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  const reason = `HTTP status ${status}`
  if (!RETRYABLE.includes(status)) return { kind: 'refused', reason }
  const seconds = Number(retryAfter)
  return { kind: 'later', reason, ...(seconds > 0 && { afterMs: seconds * 1000 }) }
}
