/** The entries of an archive, and of the archives inside it, as one list. */
import { AppError } from '../../core/errors.ts'
import { type ByteSource, bytesAsSource, partsOf } from '../byte-source.ts'
import { identify } from '../documents/identify.ts'
import { type Budget, createBudget, quoteName, tooLargeEntry } from './budget.ts'
import { decompress } from './decompress.ts'
import { readTar } from './tar.ts'
import { readZip, readZipEntry } from './zip.ts'

export interface ArchiveEntry {
  /** Below the archive, those of an archive inside after its own path. */
  path: string
  kind: 'file' | 'link' | 'other'
  content: Buffer
}

export interface WalkOptions {
  /** How deep archives lie in archives that are opened: 1 opens only the outer one. What lies deeper stays a file. */
  depth: number
  budget?: Budget
}

const ARCHIVES = new Set(['zip', 'jar', 'apk', 'tar', 'tar.gz', 'tar.zst', 'gz', 'zst'])

/** Whether files of this extension, as `identify` answers it, hold entries. */
export const isArchive = (extension: string) => ARCHIVES.has(extension)

/** @throws UNSUPPORTED if it is no archive that is read; BAD_DATA, TOO_LARGE for bombs. */
export async function* walkArchive(source: ByteSource, options: WalkOptions): AsyncGenerator<ArchiveEntry> {
  const { depth, budget = createBudget(source.sizeBytes) } = options
  const { extension, mimeType } = await identify(source)
  if (!isArchive(extension)) {
    throw new AppError('UNSUPPORTED', `This is ${mimeType}; ZIP, tar, gzip and zstd archives are opened`)
  }
  for await (const { path, kind, content } of entriesOf(source, extension, budget)) {
    const inner = bytesAsSource(content)
    const isInner = kind === 'file' && depth > 1 && isArchive((await identify(inner)).extension)
    if (!isInner) yield { path, kind, content }
    else {
      for await (const entry of walkArchive(inner, { depth: depth - 1, budget })) {
        yield { ...entry, path: `${path}/${entry.path}` }
      }
    }
  }
}

async function* entriesOf(source: ByteSource, extension: string, budget: Budget): AsyncGenerator<ArchiveEntry> {
  if (extension === 'gz' || extension === 'zst') {
    budget.entry('content', 0)
    yield { path: 'content', kind: 'file', content: await wholeOf(source, extension, budget) }
  } else if (extension.startsWith('tar')) {
    for await (const { name, kind, content } of readTar(tarBytes(source, extension, budget), budget)) {
      if (kind !== 'directory') yield { path: plainPath(name), kind, content }
    }
  } else {
    for (const entry of readZip(source, budget)) {
      if (entry.name.endsWith('/')) continue
      yield {
        path: plainPath(entry.name),
        kind: entry.isLink ? 'link' : 'file',
        content: readZipEntry(source, entry, budget)
      }
    }
  }
}

function tarBytes(source: ByteSource, extension: string, budget: Budget): AsyncIterable<Buffer> | Iterable<Buffer> {
  if (extension === 'tar') return partsOf(source)
  return decompress(partsOf(source), extension === 'tar.gz' ? 'gz' : 'zst', budget)
}

async function wholeOf(source: ByteSource, compression: 'gz' | 'zst', budget: Budget): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of decompress(partsOf(source), compression, budget)) {
    length += part.length
    if (length > budget.limits.entryBytes) throw tooLargeEntry('content', budget.limits.entryBytes)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** @throws BAD_DATA for a name that leads out of the archive or is none. */
function plainPath(name: string): string {
  const path = name.replace(/^(\.\/)+/, '').replaceAll('//', '/')
  const isPlain =
    path !== '' && path.split('/').every(part => part !== '' && part !== '.' && part !== '..' && !part.endsWith('\\'))
  if (isPlain && !path.includes('\0')) return path
  throw new AppError('BAD_DATA', `${quoteName(name)} in the archive is no path below it, so nothing of it is taken`)
}
