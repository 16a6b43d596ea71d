import { createHash } from 'node:crypto'
import { walkArchive } from '../../domain/archives/walk.ts'
import type { ByteSource } from '../../domain/byte-source.ts'

export interface ArchiveJob {
  options: {
    /** How deep archives lie in archives that are opened; 1 is the outer one alone. */
    depth: number
  }
  item: { path: string; kind: 'file' | 'link' | 'other'; sizeBytes: number; sha256: string; content: Uint8Array }
}

export async function* archiveJob(
  source: ByteSource,
  { depth }: ArchiveJob['options']
): AsyncGenerator<ArchiveJob['item']> {
  for await (const { path, kind, content } of walkArchive(source, { depth })) {
    const sha256 = createHash('sha256').update(content).digest('hex')
    yield { path, kind, sizeBytes: content.length, sha256, content }
  }
}
