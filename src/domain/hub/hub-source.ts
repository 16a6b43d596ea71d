/** Addresses of datasets on the Hugging Face hub: `hf://datasets/<owner>/<name>[@<revision>][/<path or pattern>]`. */
import { AppError } from '../../core/errors.ts'

export interface HubSource {
  /** `<owner>/<name>`, or a name alone. */
  repository: string
  revision: string | undefined
  /** A file, a directory, or a pattern of `*`, `**` and `?`; empty for everything. */
  path: string
}

/** Where the hub keeps the Parquet that it makes of every dataset. */
export const PARQUET_REVISION = 'refs/convert/parquet'

export const isHubSource = (source: string) => /^hf:\/\//i.test(source)

/** @throws INVALID_INPUT if it is no such address. */
export function parseHubSource(source: string): HubSource {
  const found = /^hf:\/\/datasets\/([\w.-]+(?:\/[\w.-]+)?)(?:@([^/]+))?(?:\/(.*))?$/i.exec(source)
  const [, repository = '', revision, path = ''] = found ?? []
  const segments = [...repository.split('/'), ...path.split('/')]
  if (!found || segments.some(name => name === '.' || name === '..' || name.includes('\0'))) {
    throw new AppError(
      'INVALID_INPUT',
      `${JSON.stringify(source.slice(0, 200))} is no dataset on the hub; one looks like hf://datasets/owner/name or hf://datasets/owner/name@revision/data/*.parquet`
    )
  }
  return {
    repository,
    revision: revision === undefined ? undefined : revisionOf(revision),
    path: path.replace(/\/+$/, '')
  }
}

/** With `~parquet` for the long name, as other programs have it, and `%2F` for a slash. */
function revisionOf(text: string): string {
  return text === '~parquet' ? PARQUET_REVISION : text.replace(/%2f/gi, '/')
}

/** Whether a path fits a pattern, segment by segment; `**` stands for any number of them. */
export function fitsPattern(
  path: readonly string[],
  pattern: readonly string[],
  fits: (name: string, part: string) => boolean
): boolean {
  const [part, ...rest] = pattern
  if (part === undefined) return path.length === 0
  if (part === '**') {
    return path.some((_, at) => fitsPattern(path.slice(at), rest, fits)) || fitsPattern([], rest, fits)
  }
  const [name, ...others] = path
  return name !== undefined && fits(name, part) && fitsPattern(others, rest, fits)
}
