/** CDXJ, the index of a WARC: a sort-friendly key of the URL, a time, and a line of JSON that says where the record lies. */
import { AppError } from '../../core/errors.ts'

export interface CdxjEntry {
  urlkey: string
  /** YYYYMMDDhhmmss, in UTC. */
  timestamp: string
  url: string
  mime?: string
  status?: string
  digest?: string
  length?: string
  offset?: string
  filename?: string
}

const FIELDS = ['url', 'mime', 'status', 'digest', 'length', 'offset', 'filename'] as const

/**
 * The key under which an address sorts beside its neighbours (SURT): the host back to front without `www`, then path and query in
 * lower case with the arguments sorted.
 */
export function urlKey(address: string): string {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) return address.toLowerCase()
  const host = url.hostname
    .replace(/^www\d*\./, '')
    .split('.')
    .reverse()
    .join(',')
  const port = url.port === '' ? '' : `:${url.port}`
  const query = url.search
    .slice(1)
    .split('&')
    .filter(part => part !== '')
    .sort()
    .join('&')
  const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname
  return `${host}${port})${path}${query === '' ? '' : `?${query}`}`.toLowerCase()
}

/** From ISO 8601. */
export const timestampOf = (date: string) => date.replace(/\D/g, '').slice(0, 14).padEnd(14, '0')

export function toCdxjLine({ urlkey, timestamp, ...fields }: CdxjEntry): string {
  return `${urlkey} ${timestamp} ${JSON.stringify(fields)}\n`
}

/** Lines of metadata (`!`) are left out. @throws BAD_DATA with the number of a line that is none. */
export function* parseCdxj(lines: Iterable<string>): Generator<CdxjEntry> {
  let number = 0
  for (const line of lines) {
    number++
    if (line.trim() === '' || line.startsWith('!')) continue
    const [, urlkey = '', timestamp = '', json = ''] = /^(\S+) (\d{4,17}) (\{.*\})\s*$/.exec(line) ?? []
    const fields = parseObject(json)
    if (urlkey === '' || !fields) {
      const message = `Line ${number} is no CDXJ: a key, a time of digits and a JSON object are`
      throw new AppError('BAD_DATA', message, { details: { line: number } })
    }
    const entry: CdxjEntry = { urlkey, timestamp, url: '' }
    for (const name of FIELDS) {
      const value = fields[name]
      if (typeof value === 'string' || typeof value === 'number') entry[name] = String(value)
    }
    yield entry
  }
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
