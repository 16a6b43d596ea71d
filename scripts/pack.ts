/** The package as npm would publish it, made of what dist/ and types/ hold. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Packed {
  filename: string
  unpackedSize: number
  files: { path: string; size: number }[]
}

/**
 * Packs the project. Its scripts are not run: build first.
 * @param into the folder that gets the tarball; without one only the answer is made
 */
export function pack(into?: string): Packed {
  const where = into === undefined ? ['--dry-run'] : ['--pack-destination', into]
  const printed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', ...where], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32'
  })
  const [packed] = JSON.parse(printed)
  return packed
}
