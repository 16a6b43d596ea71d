import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const FIRST_GOOD_MAJOR = 24

/** A Node on the path that is too old to run the server itself. */
export async function findOldNode(): Promise<{ path: string; version: string } | undefined> {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    if (directory.includes('node_modules')) continue
    try {
      const path = await realpath(join(directory, process.platform === 'win32' ? 'node.exe' : 'node'))
      const version = (await promisify(execFile)(path, ['--version'], { timeout: 5_000 })).stdout.trim().slice(1)
      if (Number.parseInt(version, 10) < FIRST_GOOD_MAJOR) return { path, version }
    } catch {
      // Not in this directory.
    }
  }
  return undefined
}
