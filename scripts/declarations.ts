/** Writes types/, the declarations of the package: those that src/index.ts leads to, and none of the many others. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const types = join(root, 'types')

rmSync(types, { recursive: true, force: true })
run('tsc', ['-p', join(root, 'tsconfig.types.json')])
const needed = reachedFrom(join(types, 'index.d.ts'))
for (const file of readdirSync(types, { recursive: true, withFileTypes: true })) {
  const path = join(file.parentPath, file.name)
  if (file.isFile() && !needed.has(path)) rmSync(path)
}
removeEmptyFolders(types)

function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached
  reached.add(file)
  for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)) {
    reachedFrom(resolve(dirname(file), target.replace(/\.[jt]s$/, '.d.ts')), reached)
  }
  return reached
}

function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name))
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true })
}
