import { matchesPattern } from '../../domain/text/name-pattern.ts'
import type { Files, ReadableFile } from '../../services/files/api.ts'

export interface ChosenFile {
  path: string
  open(): Promise<ReadableFile>
}

/** The files in a directory, or below it, whose names fit a pattern. Their paths start at what the caller called the directory. */
export async function* filesIn(
  files: Files,
  { directory, recursive, pattern }: { directory: string; recursive: boolean; pattern: string },
  signal: AbortSignal
): AsyncGenerator<ChosenFile> {
  const base = directory.replace(/\/+$/, '')
  for await (const { relativePath, open } of files.walk(directory, { signal, recursive })) {
    const name = relativePath.slice(relativePath.lastIndexOf('/') + 1)
    if (matchesPattern(name, pattern)) yield { path: `${base}/${relativePath}`, open }
  }
}
