/**
 * Where a path really leads, found without ever touching the disk outside the roots: each symbolic link is read while it
 * still stands inside a root, and what it points to is judged before it is looked at. So an answer about a path
 * outside is the same whether or not something is there.
 */
import { readlink, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { AppError, hasCode } from '../../core/errors.ts'
import { fileError, quote } from './file-error.ts'

/** As Linux has it: a longer chain is taken for a circle. */
const MAX_LINKS = 40
const MAX_PATH_BYTES = 4095
const MAX_NAME_BYTES = 255

export interface Confinement {
  readonly roots: readonly string[]
  /** The real place of a path inside the roots, with what is known about it. */
  locate(path: string): Promise<Place>
  isInside(realPath: string): boolean
  /** Throws PATH_FORBIDDEN unless a file in this real directory may be written. */
  checkWritable(realDirectory: string, path: string): void
  forbidden(path: string): AppError
}

export interface Place {
  /** Absolute, links followed. */
  path: string
  exists: boolean
  /** Whether the directory that holds it is there; where it is not, `path` is only the first missing part. */
  hasParent: boolean
}

export async function createConfinement(options: { roots: string[]; protected: string[] }): Promise<Confinement> {
  const given = options.roots.map(root => resolve(root))
  const roots = await Promise.all(given.map(realRoot))
  const guarded = await Promise.all(options.protected.map(directory => realOrFuture(resolve(directory))))
  const [home] = roots
  if (home === undefined) throw new AppError('CONFIG_INVALID', 'The files service needs at least one root directory')

  const isInside = (path: string) => roots.some(root => isWithin(root, path))
  const isOnTheWay = (path: string) => roots.some(root => isWithin(path, root))
  const forbidden = (path: string) =>
    new AppError('PATH_FORBIDDEN', `${quote(path)} leads outside the allowed directories`, {
      details: { allowed_directories: [...new Set(roots)] }
    })

  const toReal = (absolute: string) => {
    const index = given.findIndex(root => isWithin(root, absolute))
    const [from, to] = [given[index], roots[index]]
    return from === undefined || to === undefined
      ? absolute
      : resolve(to, absolute.slice(from.length).replace(/^[/\\]+/, ''))
  }

  return {
    roots,
    isInside,
    forbidden,

    async locate(path) {
      checkText(path)
      const pending = segmentsOf(toReal(resolve(home, path))).reverse()
      let current: string = sep
      let links = 0
      for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
        const next = name === '..' ? dirname(current) : join(current, name)
        if (isInside(next)) {
          const target = await readLink(next, path)
          if (target === 'missing') return { path: next, exists: false, hasParent: pending.length === 0 }
          if (target !== undefined) {
            if (++links > MAX_LINKS) throw fileError({ code: 'ELOOP' }, path)
            if (isAbsolute(target.link)) current = sep
            pending.push(...segmentsOf(target.link).reverse())
            continue
          }
        } else if (!isOnTheWay(next)) throw forbidden(path)
        current = next
      }
      if (!isInside(current)) throw forbidden(path)
      return { path: current, exists: true, hasParent: true }
    },

    checkWritable(directory, path) {
      if (!isInside(directory)) throw forbidden(path)
      // The innermost directory decides, so that a root may lie inside a protected directory.
      if (innermost(guarded, directory) >= innermost(roots, directory)) {
        throw new AppError(
          'PATH_FORBIDDEN',
          `${quote(path)} belongs to the server's own data, which only the server writes; choose another directory`
        )
      }
    }
  }
}

function checkText(path: string): void {
  const problem = path.includes('\0')
    ? 'a path has no NUL characters'
    : !path.isWellFormed()
      ? 'a path is valid Unicode'
      : path === '' || Buffer.byteLength(path) > MAX_PATH_BYTES
        ? `a path has 1 to ${MAX_PATH_BYTES} bytes`
        : path.split(/[/\\]/).some(name => Buffer.byteLength(name) > MAX_NAME_BYTES)
          ? `a name on a path has at most ${MAX_NAME_BYTES} bytes`
          : undefined
  if (problem) throw new AppError('INVALID_INPUT', `${quote(path)} is not a usable path: ${problem}`)
}

/** The target of a link, `undefined` for anything else that is there. */
async function readLink(real: string, path: string): Promise<{ link: string } | 'missing' | undefined> {
  try {
    return { link: await readlink(real) }
  } catch (error) {
    if (hasCode(error, 'EINVAL')) return undefined
    if (hasCode(error, 'ENOENT')) return 'missing'
    throw fileError(error, path)
  }
}

const segmentsOf = (path: string) => path.split(sep).filter(name => name !== '' && name !== '.')

function isWithin(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
}

/** Length of the longest of these directories that holds the path; -1 if none does. */
const innermost = (directories: string[], path: string) =>
  Math.max(-1, ...directories.filter(directory => isWithin(directory, path)).map(directory => directory.length))

async function realRoot(root: string): Promise<string> {
  return realpath(root).catch(cause => {
    throw new AppError('CONFIG_INVALID', `The root ${quote(root)} is not a directory that the server can reach`, {
      cause
    })
  })
}

/** The real path that a directory has or, where it is not made yet, will have. */
async function realOrFuture(path: string): Promise<string> {
  return realpath(path).catch(async error => {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error
    return join(await realOrFuture(dirname(path)), path.slice(dirname(path).length))
  })
}
