/** Which files of a repository make up the dataset that was asked for. */
import { AppError } from '../../core/errors.ts'
import { matchesPattern } from '../text/name-pattern.ts'
import { fitsPattern } from './hub-source.ts'

export interface HubFile {
  path: string
  sizeBytes: number
  /** Of large files. */
  sha256: string | undefined
  /** Of the others: the hash that git has of them. */
  gitSha1: string | undefined
}

export interface Choice {
  path: string
  split: string | undefined
  config: string | undefined
}

/** The first of these formats that there is: what the hub and its writers prefer. */
const FORMATS: readonly RegExp[] = [
  /\.(parquet|pq)$/i,
  /\.(arrow|feather)$/i,
  /\.(csv|tsv)$/i,
  /\.(jsonl|ndjson)$/i,
  /\.json$/i
]
/** They speak of the dataset and are none. */
const ABOUT = /(^|\/)(\.[^/]*|dataset_infos?\.json|dataset_dict\.json|state\.json|config\.json|metadata\.json)$|^\./i
const SPLITS: readonly [split: string, words: RegExp][] = [
  ['train', /(^|[^a-z])(train|training)([^a-z]|$)/i],
  ['validation', /(^|[^a-z])(validation|valid|val|dev)([^a-z]|$)/i],
  ['test', /(^|[^a-z])(test|testing|eval|evaluation)([^a-z]|$)/i]
]
const MAX_PATTERN_SEGMENTS = 32

/** In the order of their paths. @throws NOT_FOUND if nothing fits, INVALID_INPUT if it is open which are meant. */
export function chooseFiles(files: readonly HubFile[], { path, split, config }: Choice): HubFile[] {
  const exact = files.filter(file => file.path === path)
  if (exact.length > 0) return exact
  const isPattern = /[*?]/.test(path)
  const inPath = files.filter(file =>
    isPattern ? fitsGlob(file.path, path) : path === '' || file.path.startsWith(`${path}/`)
  )
  const data = inPath.filter(file => !ABOUT.test(file.path))
  const format = FORMATS.find(format => data.some(file => format.test(file.path)))
  const readable = format ? data.filter(file => format.test(file.path)) : []
  const groups = Map.groupBy(readable, file => groupOf(file.path))
  const wanted = [...groups].filter(
    ([group]) =>
      (split === undefined || group.endsWith(`/${split}`)) && (config === undefined || group.startsWith(`${config}/`))
  )
  if (wanted.length === 0) throw missing(path, groups)
  if (wanted.length > 1 && !isPattern) {
    const available = wanted.map(([group]) => group)
    const message = `There are several parts (config/split): ${available.slice(0, 30).join(', ')}; name one by options.split and options.config, or by a path`
    throw new AppError('INVALID_INPUT', message, { details: { available: available.slice(0, 100) } })
  }
  return wanted.flatMap(([, files]) => files).sort((a, b) => (a.path < b.path ? -1 : 1))
}

function fitsGlob(path: string, pattern: string): boolean {
  const parts = pattern.split('/')
  if (parts.length > MAX_PATTERN_SEGMENTS || parts.filter(part => part === '**').length > 2) {
    throw new AppError('INVALID_INPUT', 'The pattern is too long; use ** at most twice')
  }
  return fitsPattern(path.split('/'), parts, matchesPattern)
}

/** `<config>/<split>`, as directories and names tell them. */
function groupOf(path: string): string {
  const names = path.split('/')
  const file = names.pop() ?? ''
  const splitOf = (text: string) => SPLITS.find(([, words]) => words.test(text))?.[0]
  const split = splitOf(file) ?? names.map(splitOf).findLast(found => found !== undefined) ?? 'train'
  const config = names.find(name => name !== 'data' && splitOf(name) === undefined) ?? 'default'
  return `${config}/${split}`
}

function missing(path: string, groups: ReadonlyMap<string, unknown>): AppError {
  const available = [...groups.keys()].slice(0, 100)
  const hint = available.length > 0 ? `; there are (config/split): ${available.slice(0, 30).join(', ')}` : ''
  const where = path === '' ? 'the repository' : JSON.stringify(path.slice(0, 200))
  return new AppError('NOT_FOUND', `${where} has no Parquet, Arrow, CSV or JSON that fits${hint}`, {
    details: { available }
  })
}
