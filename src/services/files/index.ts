/** The one door to the user's files. `api.ts` has its guarantees. */
import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type Clock, systemClock } from '../../core/clock.ts'
import { AppError, hasCode } from '../../core/errors.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Files } from './api.ts'
import { type Confinement, createConfinement } from './confinement.ts'
import { fileError, quote } from './file-error.ts'
import { createHandles, type Handles, hasHandlePaths, notRegular } from './handles.ts'
import { createOutput } from './output.ts'
import { toReadable } from './readable.ts'
import { emptyBelow, walkDirectory } from './walk.ts'

export interface FilesConfig {
  /** Directories that calls may reach. Relative paths in calls start at the first. */
  roots: string[]
  /** Emptied at every start: give it nothing else to hold. */
  scratchDirectory: string
  /** Directories in which calls create nothing, except in a root further inside. */
  protected?: string[]
  random?: Random
  clock?: Pick<Clock, 'now'>
  /** Whether to work through `/proc/<pid>/fd`. By default found out at start. */
  byHandlePath?: boolean
}

export function createFiles(config: FilesConfig): Files {
  const { random = systemRandom, clock = systemClock } = config
  const scratchDirectory = resolve(config.scratchDirectory)
  let open: { confinement: Confinement; handles: Handles } | undefined

  const opened = () => {
    if (!open) throw new AppError('SERVICE_UNAVAILABLE', 'The files service is not running')
    return open
  }
  const locateExisting = async (path: string) => {
    const place = await opened().confinement.locate(path)
    if (!place.exists) throw fileError({ code: 'ENOENT' }, path)
    return place.path
  }

  const lifecycle = createLifecycle(
    async () => {
      const confinement = await createConfinement({ roots: config.roots, protected: config.protected ?? [] })
      await emptyDirectory(scratchDirectory)
      const byHandlePath = config.byHandlePath ?? (await hasHandlePaths())
      open = { confinement, handles: createHandles(confinement, byHandlePath) }
    },
    async () => {
      open = undefined
    }
  )

  return {
    ...lifecycle,

    get roots() {
      return opened().confinement.roots
    },

    async openRead(path, { signal } = {}) {
      signal?.throwIfAborted()
      return toReadable(await opened().handles.openFile(await locateExisting(path), path))
    },

    async create(path, { overwrite = false, signal } = {}) {
      signal?.throwIfAborted()
      const { confinement, handles } = opened()
      const place = await confinement.locate(path)
      if (!place.hasParent) {
        throw new AppError('NOT_FOUND', `${quote(path)}: the directory to hold it does not exist; make it first`)
      }
      if (confinement.roots.includes(place.path)) throw notRegular(path)
      confinement.checkWritable(dirname(place.path), path)
      const directory = await handles.openDirectory(dirname(place.path), path)
      try {
        confinement.checkWritable(directory.path, path)
      } catch (error) {
        await directory[Symbol.asyncDispose]()
        throw error
      }
      return createOutput({ directory, name: basename(place.path), path, overwrite }, random, clock.now())
    },

    async kindOf(path, { signal } = {}) {
      signal?.throwIfAborted()
      const { confinement, handles } = opened()
      const place = await confinement.locate(path)
      if (!place.exists) return undefined
      if (confinement.roots.includes(place.path)) return 'directory'
      await using directory = await handles.openDirectory(dirname(place.path), path)
      const stats = await lstat(directory.at(basename(place.path))).catch(error => {
        if (hasCode(error, 'ENOENT')) return undefined
        throw fileError(error, path)
      })
      if (stats === undefined) return undefined
      if (stats.isDirectory()) return 'directory'
      if (stats.isFile()) return 'file'
      throw new AppError('INVALID_INPUT', `${quote(path)} is neither a regular file nor a directory`)
    },

    async *walk(path, { signal, recursive = true } = {}) {
      if ((await this.kindOf(path)) === 'file') {
        throw new AppError('INVALID_INPUT', `${quote(path)} is a file; name a directory`)
      }
      yield* walkDirectory(opened().handles, await locateExisting(path), { signal, recursive })
    },

    async *emptyDirectories(path, { signal } = {}) {
      yield* emptyBelow(opened().handles, await locateExisting(path), signal)
    },

    async scratch() {
      opened()
      const path = join(scratchDirectory, random.uuid())
      await mkdir(path, { mode: 0o700 }).catch(error => {
        throw fileError(error, path)
      })
      return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
    }
  }
}

async function emptyDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true })
}
