/** What decoders there are: their options and items, and how the code of each is imported. */
import { type ByteSource, partsOf } from '../../domain/byte-source.ts'
import type { FileKind } from '../../domain/documents/file-kind.ts'
import type { ArchiveJob } from './archive-job.ts'
import type { CdxjJob } from './cdxj-job.ts'
import type { ConvertJob } from './convert-job.ts'
import type { WarcIndexJob, WarcLinksJob, WarcMetadataJob, WarcTextJob } from './warc-jobs.ts'

export interface Jobs {
  identify: { options: Record<string, never>; item: FileKind }
  /** What it is, and the hash of all of it. */
  digest: { options: Record<string, never>; item: FileKind & { sha256: string } }
  convert: ConvertJob
  archive: ArchiveJob
  warcIndex: WarcIndexJob
  warcText: WarcTextJob
  warcLinks: WarcLinksJob
  warcMetadata: WarcMetadataJob
  cdxj: CdxjJob
}

export type Job<J extends keyof Jobs> = (
  source: ByteSource,
  options: Jobs[J]['options']
) => AsyncGenerator<Jobs[J]['item']>

type Loaders = { [J in keyof Jobs]: () => Promise<Job<J>> }

export const jobLoaders: Loaders = {
  identify: async () => {
    const { identify } = await import('../../domain/documents/identify.ts')
    return async function* (source) {
      yield await identify(source)
    }
  },
  digest: async () => {
    const [{ identify }, { createHash }] = await Promise.all([
      import('../../domain/documents/identify.ts'),
      import('node:crypto')
    ])
    return async function* (source) {
      const hash = createHash('sha256')
      for (const part of partsOf(source)) hash.update(part)
      yield { ...(await identify(source)), sha256: hash.digest('hex') }
    }
  },
  convert: async () => (await import('./convert-job.ts')).convertJob,
  archive: async () => (await import('./archive-job.ts')).archiveJob,
  warcIndex: async () => (await import('./warc-jobs.ts')).warcIndexJob,
  warcText: async () => (await import('./warc-jobs.ts')).warcTextJob,
  warcLinks: async () => (await import('./warc-jobs.ts')).warcLinksJob,
  warcMetadata: async () => (await import('./warc-jobs.ts')).warcMetadataJob,
  cdxj: async () => (await import('./cdxj-job.ts')).cdxjJob
}
