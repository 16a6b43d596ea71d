import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReadableFile } from '../../../src/services/files/api.ts'
import { createFiles, type FilesConfig } from '../../../src/services/files/index.ts'

/** A started files service over `root`, beside an `outside` directory that it must never reach. */
export async function openWorkspace(more: Partial<FilesConfig> = {}) {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'files-')))
  const at = (...names: string[]) => join(base, ...names)
  await mkdir(at('root', 'sub'), { recursive: true })
  await mkdir(at('outside'))
  const files = createFiles({ roots: [at('root')], scratchDirectory: at('scratch'), ...more })
  await files.start()
  return {
    at,
    files,
    async [Symbol.asyncDispose]() {
      await files.stop()
      await rm(base, { recursive: true, force: true })
    }
  }
}

export async function textOf(file: ReadableFile, range: { start?: number; end?: number } = {}): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of file.read(range)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
