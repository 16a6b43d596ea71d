/** Entries by their paths, and from them directories from the deepest up. */
import { AppError } from '../../core/errors.ts'
import type { Link, MadeDirectory } from './directory.ts'

type Target = Omit<Link, 'name'>
type Folder = Map<string, Folder | Place>
/** Held for something that is still being imported. */
interface Place {
  target: Target | undefined
}

/** More would end the stack of some reader. */
const MAX_DEPTH = 1000

export function createDirectoryTree() {
  const root: Folder = new Map()

  const folderAt = (names: readonly string[], path: string): Folder => {
    let folder = root
    for (const name of names) {
      const next = folder.get(name) ?? new Map()
      if (!(next instanceof Map)) throw standsTwice(path)
      folder.set(name, next)
      folder = next
    }
    return folder
  }

  return {
    /** Holds a path for a file or symbolic link. INVALID_INPUT if it is not plain and relative, or if something has it. */
    claim(path: string): Place {
      const names = namesOf(path)
      const folder = folderAt(names.slice(0, -1), path)
      const name = names.at(-1) ?? ''
      if (folder.has(name)) throw standsTwice(path)
      const place: Place = { target: undefined }
      folder.set(name, place)
      return place
    },

    /** Makes sure that there is a directory. Errors as for `claim`. */
    makeDirectory(path: string): void {
      folderAt(namesOf(path), path)
    },

    /** Every directory after those below it, the root last. */
    *build(make: (links: Link[]) => MadeDirectory): Generator<MadeDirectory> {
      yield* buildFolder(root, make)
    }
  }
}

function* buildFolder(folder: Folder, make: (links: Link[]) => MadeDirectory): Generator<MadeDirectory, MadeDirectory> {
  const links: Link[] = []
  for (const [name, entry] of folder) {
    const target = entry instanceof Map ? (yield* buildFolder(entry, make)).root : entry.target
    if (target) links.push({ name, ...target })
  }
  const made = make(links)
  yield made
  return made
}

function namesOf(path: string): string[] {
  const names = path.split('/')
  // Readers of paths take a backslash before a slash for an escape and would join the two names.
  if (names.some(name => /^\.{0,2}$|\0|\\$/.test(name))) {
    throw new AppError('INVALID_INPUT', `"${path}" is not a plain relative path such as "data/part-1.csv"`)
  }
  if (names.length <= MAX_DEPTH) return names
  throw new AppError('INVALID_INPUT', `A path has at most ${MAX_DEPTH} names, and this has ${names.length}`)
}

const standsTwice = (path: string) =>
  new AppError('INVALID_INPUT', `"${path}" stands twice in the directory; every path may come once`)
