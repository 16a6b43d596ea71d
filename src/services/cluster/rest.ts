/** One request to the REST API of a cluster, and the values that it answers with: one, or one a line. */
import { AppError } from '../../core/errors.ts'

const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const MAX_SHOWN = 300

export interface RestRequest {
  method: 'GET' | 'POST' | 'DELETE'
  path: readonly string[]
  query?: Readonly<Record<string, string | undefined>>
  body?: FormData
  signal?: AbortSignal | undefined
}

export type Ask = (request: RestRequest) => Promise<unknown[]>

export function createRest(url: string, authorization: string | undefined): Ask {
  return async ({ method, path, query = {}, body, signal }) => {
    const target = new URL(`${url}/${path.map(encodeURIComponent).join('/')}`)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, value)
    let response: Response
    try {
      response = await fetch(target, {
        method,
        redirect: 'manual',
        headers: authorization === undefined ? {} : { authorization },
        ...(body && { body }),
        ...(signal && { signal })
      })
    } catch (cause) {
      signal?.throwIfAborted()
      throw new AppError('FETCH_FAILED', `The IPFS cluster at ${url} cannot be reached; see that it runs`, { cause })
    }
    const text = await readText(response)
    if (response.status === 404) throw new AppError('NOT_FOUND', `The cluster does not know it: ${messageIn(text)}`)
    if (!response.ok)
      throw new AppError('FETCH_FAILED', `The cluster answered ${response.status}: ${messageIn(text)}`, {
        details: { status: response.status }
      })
    return values(text)
  }
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > MAX_ANSWER_BYTES)
      throw new AppError('TOO_LARGE', `The cluster answers more than ${MAX_ANSWER_BYTES} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

/** JSON, or JSON a line; an array is its members. */
function values(text: string): unknown[] {
  try {
    const whole: unknown = text.trim() === '' ? [] : JSON.parse(text)
    return Array.isArray(whole) ? whole : [whole]
  } catch {
    // Several values, which are no JSON together.
  }
  try {
    const lines = text.split('\n').filter(line => line.trim() !== '')
    return lines.map((line): unknown => JSON.parse(line))
  } catch (cause) {
    throw new AppError('BAD_DATA', 'What answers at cluster.url is no IPFS cluster: it answers no JSON', { cause })
  }
}

function messageIn(text: string): string {
  try {
    const { message } = Object(JSON.parse(text))
    if (typeof message === 'string') return message.slice(0, MAX_SHOWN)
  } catch {
    // Shown as it is.
  }
  return text.slice(0, MAX_SHOWN)
}
