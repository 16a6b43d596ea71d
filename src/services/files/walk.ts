import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { WalkedFile } from './api.ts'
import { fileError, quote } from './file-error.ts'
import type { Handles } from './handles.ts'
import { isPartial } from './output.ts'
import { toReadable } from './readable.ts'

/** The regular files below a real directory, depth first or only those in it, in byte order of their relative paths. */
export async function* walkDirectory(
  handles: Handles,
  real: string,
  options: { signal: AbortSignal | undefined; recursive: boolean },
  prefix = ''
): AsyncGenerator<WalkedFile> {
  const { signal, recursive } = options
  signal?.throwIfAborted()
  for (const { name, isDirectory } of await listDirectory(handles, real, prefix)) {
    signal?.throwIfAborted()
    const relativePath = prefix + name
    const place = join(real, name)
    if (isDirectory) {
      if (recursive) yield* walkDirectory(handles, place, options, `${relativePath}/`)
    } else yield { relativePath, open: async () => toReadable(await handles.openFile(place, relativePath)) }
  }
}

/** The directories below a real directory that have nothing in them. */
export async function* emptyBelow(
  handles: Handles,
  real: string,
  signal: AbortSignal | undefined,
  prefix = ''
): AsyncGenerator<string> {
  signal?.throwIfAborted()
  const entries = await listDirectory(handles, real, prefix)
  if (entries.length === 0 && prefix !== '') yield prefix.slice(0, -1)
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* emptyBelow(handles, join(real, name), signal, `${prefix}${name}/`)
  }
}

async function listDirectory(handles: Handles, real: string, prefix: string) {
  await using directory = await handles.openDirectory(real, prefix || real)
  const entries = await readdir(directory.at(), { withFileTypes: true }).catch(error => {
    throw fileError(error, prefix || real)
  })
  const kept = entries.filter(entry => !isPartial(entry.name))
  const strange = kept.find(entry => !entry.isFile() && !entry.isDirectory())
  if (strange) {
    const kind = strange.isSymbolicLink() ? 'a symbolic link' : 'not a regular file'
    throw new AppError(
      'INVALID_INPUT',
      `${quote(prefix + strange.name)} is ${kind}; take it out of the directory first`
    )
  }
  return kept
    .map(entry => ({ name: entry.name, isDirectory: entry.isDirectory() }))
    .map(entry => ({ ...entry, key: Buffer.from(entry.isDirectory ? `${entry.name}/` : entry.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
}
