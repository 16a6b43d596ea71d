import type { DirectoryEntry } from '../../services/blocks/api.ts'
import type { Files } from '../../services/files/api.ts'

/** The files and empty directories below a directory as entries to import, their paths after `prefix`. */
export async function* entriesBelow(
  files: Files,
  directory: string,
  prefix: string,
  signal: AbortSignal
): AsyncGenerator<DirectoryEntry> {
  for await (const { relativePath, open } of files.walk(directory, { signal })) {
    // Opened when it is read, so that a large directory does not hold a handle for every file.
    const content = (async function* () {
      await using file = await open()
      yield* file.read({ signal })
    })()
    yield { path: prefix + relativePath, content }
  }
  for await (const path of files.emptyDirectories(directory, { signal }))
    yield { path: prefix + path, kind: 'directory' }
}
