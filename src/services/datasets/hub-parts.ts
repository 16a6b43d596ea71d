/** From an address on the hub to files that the engine can open. */
import { AppError } from '../../core/errors.ts'
import { chooseFiles, type HubFile } from '../../domain/hub/choose-files.ts'
import { PARQUET_REVISION, parseHubSource } from '../../domain/hub/hub-source.ts'
import { formatOfName } from './format.ts'
import { createHub } from './hub.ts'
import type { OpenedFile, OpenSourceOptions, SourceServices } from './sources.ts'
import type { Scratch } from './store.ts'

const MAX_FILES = 1000
const MAX_TOTAL_BYTES = 16 * 1024 ** 3

/** Each file of the dataset, downloaded when it is asked for. */
export interface HubParts {
  name: string
  files: AsyncGenerator<OpenedFile>
}

export async function openHub(
  source: string,
  { fetcher, hub: settings }: SourceServices,
  scratch: Scratch,
  { format, split, config, signal }: OpenSourceOptions
): Promise<HubParts> {
  const { repository, revision, path } = parseHubSource(source)
  const hub = createHub(fetcher, settings, signal)
  const look = async (revision: string) => {
    const commit = await hub.commitOf(repository, revision)
    return { commit, chosen: chooseFiles(await hub.files(repository, commit), { path, split, config }) }
  }
  // What has no data of its own, but a script or pictures, is often there as Parquet that the hub made.
  const found = await look(revision ?? 'main').catch(async error => {
    const isAbsent = error instanceof AppError && error.code === 'NOT_FOUND'
    if (!isAbsent || revision !== undefined || path !== '') throw error
    return look(PARQUET_REVISION).catch(() => Promise.reject(error))
  })
  refuseTooMuch(found.chosen)
  const files = async function* (): AsyncGenerator<OpenedFile> {
    for (const [index, file] of found.chosen.entries()) {
      const to = scratch.file(`hub-${index}`)
      const sha256 = await hub.download(repository, found.commit, file, to)
      yield {
        kind: 'file',
        name: repository,
        path: to,
        format: format ?? formatOfName(file.path) ?? 'parquet',
        input: { source: `hf://datasets/${repository}@${found.commit}/${file.path}`, sha256 },
        async [Symbol.asyncDispose]() {}
      }
    }
  }
  return { name: nameOf(repository, split), files: files() }
}

function nameOf(repository: string, split: string | undefined): string {
  const name = repository.split('/').at(-1) ?? repository
  return split === undefined ? name : `${name}_${split}`
}

function refuseTooMuch(files: readonly HubFile[]): void {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (files.length <= MAX_FILES && total <= MAX_TOTAL_BYTES) return
  throw new AppError(
    'TOO_LARGE',
    `The dataset has ${files.length} files and ${total} bytes; at most ${MAX_FILES} and ${MAX_TOTAL_BYTES} are loaded at once. Name a part by a path`,
    { details: { files: files.length, total_bytes: total } }
  )
}
