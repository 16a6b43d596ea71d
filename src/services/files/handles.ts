/**
 * Open handles whose place is checked after opening: a directory or link swapped between look and open is caught here.
 * Where the system shows the path of an open handle (`/proc/<pid>/fd`), later work goes through it and cannot be redirected.
 */
import { constants } from 'node:fs'
import { access, type FileHandle, lstat, open, readlink, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pid } from 'node:process'
import { AppError } from '../../core/errors.ts'
import type { Confinement } from './confinement.ts'
import { fileError, quote } from './file-error.ts'

// By number, so that a child of this process can open it as well.
const HANDLE_DIRECTORY = `/proc/${pid}/fd`

export interface Handles {
  /** Opens a regular file for reading. `path` is what the caller called it. */
  openFile(real: string, path: string): Promise<OpenFile>
  openDirectory(real: string, path: string): Promise<OpenDirectory>
}

export interface OpenFile {
  handle: FileHandle
  path: string
  sizeBytes: number
  enginePath: string
}

export interface OpenDirectory extends AsyncDisposable {
  handle: FileHandle
  /** Its real path. */
  path: string
  /** A path of a child, or of the directory itself, which stays right when the directory is moved or replaced. */
  at(name?: string): string
}

export const hasHandlePaths = () =>
  access(HANDLE_DIRECTORY).then(
    () => true,
    () => false
  )

export function createHandles(confinement: Confinement, byHandlePath: boolean): Handles {
  const openChecked = async (real: string, path: string, flags: number) => {
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | flags).catch(error => {
      throw fileError(error, path)
    })
    try {
      const place = byHandlePath ? await readlink(`${HANDLE_DIRECTORY}/${handle.fd}`) : await samePlace(handle, real)
      if (place === undefined || !confinement.isInside(place)) throw confinement.forbidden(path)
      return { handle, place, stats: await handle.stat() }
    } catch (error) {
      await handle.close()
      throw fileError(error, path)
    }
  }

  return {
    async openFile(real, path) {
      // Opening a device can have effects, so it is looked at first; the look is repeated on the handle.
      const before = await lstat(real).catch(error => {
        throw fileError(error, path)
      })
      if (!before.isFile()) throw notRegular(path)
      // Without O_NONBLOCK a FIFO put there meanwhile would hang the open.
      const { handle, place, stats } = await openChecked(real, path, constants.O_NONBLOCK | constants.O_NOCTTY)
      if (!stats.isFile()) {
        await handle.close()
        throw notRegular(path)
      }
      const enginePath = byHandlePath ? `${HANDLE_DIRECTORY}/${handle.fd}` : place
      return { handle, path: place, sizeBytes: stats.size, enginePath }
    },

    async openDirectory(real, path) {
      const { handle, place } = await openChecked(real, path, constants.O_DIRECTORY)
      const base = byHandlePath ? `${HANDLE_DIRECTORY}/${handle.fd}` : place
      return {
        handle,
        path: place,
        at: name => (name === undefined ? base : join(base, name)),
        [Symbol.asyncDispose]: () => handle.close()
      }
    }
  }
}

export function notRegular(path: string): AppError {
  return new AppError('INVALID_INPUT', `${quote(path)} is not a regular file; name one`)
}

/** The real path, if what stands there now is what the handle holds. */
async function samePlace(handle: FileHandle, path: string): Promise<string | undefined> {
  const place = await realpath(path)
  const [held, standing] = await Promise.all([handle.stat({ bigint: true }), stat(place, { bigint: true })])
  return held.dev === standing.dev && held.ino === standing.ino ? place : undefined
}
