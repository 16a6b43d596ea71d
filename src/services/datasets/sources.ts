/** From what a caller names to a file that the engine can open, with what is to be recorded of it. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseCidPath } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { Blocks } from '../blocks/api.ts'
import type { Fetcher } from '../fetcher/api.ts'
import type { Files, ReadableFile } from '../files/api.ts'
import type { Format, Input, Row, Source } from './api.ts'
import { formatOfContent, formatOfName } from './format.ts'
import type { HubSettings } from './hub.ts'
import type { Scratch, Store } from './store.ts'
import type { StoredVersion } from './version-record.ts'

const HEAD_BYTES = 64 * 1024
/** The event loop stands still while so much is hashed, about a millisecond. */
const HASH_BYTES = 1024 * 1024

export interface SourceServices {
  files: Files
  fetcher: Fetcher
  blocks: Blocks
  store: Store
  hub: HubSettings
}

export interface OpenedFile extends AsyncDisposable {
  kind: 'file'
  /** What a dataset made of it is called by default. */
  name: string
  path: string
  format: Format
  input: Input
}

export type OpenedSource =
  | OpenedFile
  | { kind: 'version'; name: string; stored: StoredVersion; [Symbol.asyncDispose](): Promise<void> }

export interface OpenSourceOptions {
  /** Of a dataset on the hub. */
  split?: string | undefined
  config?: string | undefined
  format?: Format | undefined
  signal?: AbortSignal | undefined
}

/** @throws NOT_FOUND, PATH_FORBIDDEN, URL_FORBIDDEN, FETCH_FAILED, INVALID_CID or UNSUPPORTED by kind of source. */
export async function openSource(
  source: Source,
  services: SourceServices,
  scratch: Scratch,
  options: OpenSourceOptions = {}
): Promise<OpenedSource> {
  if (typeof source !== 'string') return openRecords(source, scratch)
  if (/^https?:\/\//i.test(source)) return openUrl(source, services, scratch, options)
  if (/^(ipfs:\/\/|\/ipfs\/)/.test(source)) return openCid(source, services, scratch, options)
  if (await services.store.has(source)) {
    return {
      kind: 'version',
      name: source,
      stored: await services.store.find(source),
      async [Symbol.asyncDispose]() {}
    }
  }
  return openPath(source, services, options)
}

async function openPath(
  source: string,
  { files }: SourceServices,
  { format, signal }: OpenSourceOptions
): Promise<OpenedFile> {
  const file = await files.openRead(source, { ...(signal && { signal }) })
  try {
    const sha256 = await sha256Of(file, signal)
    return {
      kind: 'file',
      name: baseName(source),
      path: file.enginePath,
      format: format ?? formatOfName(source) ?? (await sniff(file.enginePath)),
      input: { source, sha256 },
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]()
    }
  } catch (error) {
    await file[Symbol.asyncDispose]()
    throw error
  }
}

/** One buffer for all of the file: a new one for each part would be garbage as large as the file. */
async function sha256Of(file: ReadableFile, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(HASH_BYTES)
  for (let position = 0; position < file.sizeBytes; ) {
    signal?.throwIfAborted()
    const bytesRead = await file.readInto(buffer, position)
    hash.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
  return hash.digest('hex')
}

async function openUrl(
  source: string,
  { fetcher }: SourceServices,
  scratch: Scratch,
  options: OpenSourceOptions
): Promise<OpenedFile> {
  await using body = await fetcher.get(source, { ...(options.signal && { signal: options.signal }) })
  const { pathname } = new URL(body.url)
  return download(body.bytes, scratch, source, pathname, options.format)
}

async function openCid(
  source: string,
  { blocks }: SourceServices,
  scratch: Scratch,
  options: OpenSourceOptions
): Promise<OpenedFile> {
  const { cid, path } = parseCidPath(source)
  const bytes = blocks.cat(cid, path, { ...(options.signal && { signal: options.signal }) })
  const opened = await download(bytes, scratch, source, path.at(-1) ?? '', options.format)
  return { ...opened, input: { ...opened.input, cid: cid.toString() } }
}

async function download(
  bytes: AsyncIterable<Uint8Array>,
  scratch: Scratch,
  source: string,
  name: string,
  format: Format | undefined
): Promise<OpenedFile> {
  const path = scratch.file('source')
  const hash = createHash('sha256')
  {
    await using file = await open(path, 'wx', 0o600)
    for await (const chunk of bytes) {
      hash.update(chunk)
      await file.writeFile(chunk)
    }
  }
  return {
    kind: 'file',
    name: baseName(name),
    path,
    format: format ?? formatOfName(name) ?? (await sniff(path)),
    input: { source, sha256: hash.digest('hex') },
    async [Symbol.asyncDispose]() {}
  }
}

async function openRecords(records: readonly Row[], scratch: Scratch): Promise<OpenedFile> {
  if (!records.some(record => Object.keys(record).length > 0)) {
    throw new AppError(
      'INVALID_INPUT',
      'The records hold no field, so there are no columns; give at least one record with a field'
    )
  }
  const path = scratch.file('records.jsonl')
  const hash = createHash('sha256')
  await using file = await open(path, 'wx', 0o600)
  for (const record of records) {
    const line = `${JSON.stringify(record)}\n`
    hash.update(line)
    await file.writeFile(line)
  }
  return {
    kind: 'file',
    name: 'records',
    path,
    format: 'jsonl',
    input: { source: 'inline', sha256: hash.digest('hex') },
    async [Symbol.asyncDispose]() {}
  }
}

async function sniff(path: string): Promise<Format> {
  const parts: Buffer[] = []
  for await (const part of createReadStream(path, { end: HEAD_BYTES - 1 })) parts.push(part)
  return formatOfContent(Buffer.concat(parts))
}

/** A name without directories and extension, fit for a dataset id. */
export function baseName(path: string): string {
  const stem = basename(path).replace(/\.[A-Za-z0-9]+$/, '')
  const safe = stem
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 100)
  return safe === '' || safe.toLowerCase() === 'dataset' ? 'data' : safe
}
