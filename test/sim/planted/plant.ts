/** Copies of the sources, each with one bug in it. */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlantedBug } from './bugs.ts'
import type { Kind } from './hunt.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** What the histories of each kind import. */
const PARTS: Record<Kind, readonly string[]> = {
  queue: ['src/core', 'src/domain/tasks', 'src/services/queue', 'src/services/workers', 'test/sim', 'test/fuzz'],
  peers: ['src', 'scripts/manifest.ts', 'test/sim', 'test/fuzz']
}

/** Throws if the text that an edit replaces does not stand in its file exactly once. */
export async function plant(kind: Kind, { name, edits }: PlantedBug, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const part of PARTS[kind]) await cp(join(ROOT, part), join(directory, part), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'), 'dir')
  await writeFile(join(directory, 'package.json'), '{"type":"module"}')
  for (const { file, find, replace } of edits) {
    const path = join(directory, 'src', file)
    const parts = (await readFile(path, 'utf8')).split(find)
    if (parts.length !== 2) throw new Error(`"${name}": the text stands ${parts.length - 1} times in ${file}: ${find}`)
    await writeFile(path, parts.join(replace))
  }
}
