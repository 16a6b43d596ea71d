/** Which format bytes are in: said by the caller, else by the extension, else by their beginning. */
import { AppError } from '../../core/errors.ts'
import { FORMATS, type Format } from './api.ts'

const EXTENSIONS: Record<string, Format> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  geojson: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  parquet: 'parquet',
  pq: 'parquet',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  ipc: 'arrow'
}

/** The format that a file name's extension stands for. */
export function formatOfName(name: string): Format | undefined {
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]
  return extension === undefined ? undefined : EXTENSIONS[extension.toLowerCase()]
}

/** The format that a file begins like. UNSUPPORTED if like none. */
export function formatOfContent(head: Buffer): Format {
  if (head.subarray(0, 4).equals(Buffer.from('PAR1'))) return 'parquet'
  if (
    head.subarray(0, 6).equals(Buffer.from('ARROW1')) ||
    head.subarray(0, 4).equals(Buffer.from([255, 255, 255, 255]))
  ) {
    return 'arrow'
  }
  const text = head.toString('utf8').trimStart()
  if (text.startsWith('[')) return 'json'
  if (text.startsWith('{')) return isWholeLineJson(text) ? 'jsonl' : 'json'
  if (head.length > 0 && !head.includes(0)) return text.split('\n')[0]?.includes('\t') ? 'tsv' : 'csv'
  throw new AppError('UNSUPPORTED', `The data is in no format known here; name one of ${FORMATS.join(', ')}`)
}

function isWholeLineJson(text: string): boolean {
  const end = text.indexOf('\n')
  if (end === -1 || text.slice(end).trim() === '') return false
  try {
    JSON.parse(text.slice(0, end))
    return true
  } catch {
    return false
  }
}
