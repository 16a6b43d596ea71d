import { AppError, type ErrorCode } from '../../core/errors.ts'

const MEANINGS: Record<string, [ErrorCode, string]> = {
  ENOENT: ['NOT_FOUND', 'there is nothing at this path'],
  ENOTDIR: ['NOT_FOUND', 'a part of this path is a file, not a directory'],
  EEXIST: ['ALREADY_EXISTS', 'something already stands there; choose another name or allow overwriting'],
  EACCES: ['PATH_FORBIDDEN', 'the file permissions do not let the server do this'],
  EPERM: ['PATH_FORBIDDEN', 'the file permissions do not let the server do this'],
  EROFS: ['PATH_FORBIDDEN', 'the file system is read-only'],
  ELOOP: ['INVALID_INPUT', 'the symbolic links on this path lead in a circle'],
  EISDIR: ['INVALID_INPUT', 'this is a directory; name a file'],
  ENAMETOOLONG: ['INVALID_INPUT', 'a name on this path is longer than the file system allows'],
  ENXIO: ['INVALID_INPUT', 'this is not a regular file'],
  EFBIG: ['TOO_LARGE', 'the file system does not allow files this large'],
  ENOSPC: ['STORAGE_FULL', 'the disk is full; free some space and call again'],
  EDQUOT: ['STORAGE_FULL', 'the disk quota is used up; free some space and call again'],
  EMFILE: ['BUSY', 'too many files are open; call again later'],
  ENFILE: ['BUSY', 'too many files are open; call again later']
}

/** What a failure of the file system means to the caller, who knows the file as `path`. */
export function fileError(cause: unknown, path: string): unknown {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  const [meaning, reason] = MEANINGS[code] ?? []
  return meaning ? new AppError(meaning, `${quote(path)}: ${reason}`, { cause }) : cause
}

/** A path as messages show it: cut, and with control characters made visible. */
export function quote(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path)
}
