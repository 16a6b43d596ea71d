/** UnixFS as the exporter reads it, over verified blocks and with our errors. */
import type { UnixFSEntry } from 'ipfs-unixfs-exporter'
import { type CID, CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { decodeBlock } from './codecs.ts'
import type { Operation } from './store.ts'

/** The part of a blockstore that the exporter asks for. */
export const readableFrom = (operation: Operation) => ({
  async *get(cid: CID) {
    const bytes = await operation.read(cid)
    // The exporter reads links more laxly.
    if (cid.code === CODEC.dagPb) decodeBlock(cid, bytes)
    yield bytes
  }
})

export async function openEntry(operation: Operation, cid: CID): Promise<UnixFSEntry> {
  const { exporter } = await import('ipfs-unixfs-exporter')
  try {
    return await exporter(cid, readableFrom(operation))
  } catch (error) {
    throw translate(error, operation, cid)
  }
}

type Directory = Extract<UnixFSEntry, { type: 'directory' }>

export async function* entriesOf(operation: Operation, directory: Directory): ReturnType<Directory['entries']> {
  try {
    yield* directory.entries()
  } catch (error) {
    throw translate(error, operation, directory.cid)
  }
}

/** The entry of this name in the directory `cid`. */
export async function childOf(operation: Operation, cid: CID, name: string): Promise<CID> {
  const { walkPath } = await import('ipfs-unixfs-exporter')
  let child: CID | undefined
  try {
    for await (const entry of walkPath(`${cid}/${name}`, readableFrom(operation))) child = entry.cid
  } catch (error) {
    if (error instanceof Error && error.name === 'NotUnixFSError') throw noSuchEntry(cid, name)
    throw translate(error, operation, cid, name)
  }
  // A path below a file ends at the file itself there, as if the rest had been found.
  if (!child || child.equals(cid)) throw noSuchEntry(cid, name)
  return child
}

const noSuchEntry = (cid: CID, name: string) =>
  new AppError('NOT_FOUND', `There is no "${name}" in ${cid}: it is not a directory`)

/** What the exporter throws, as our own error. */
export function translate(error: unknown, { signal }: Operation, cid: CID, name?: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError || signal?.aborted) return error
  switch (error.name) {
    case 'NotFoundError':
      return new AppError(
        'NOT_FOUND',
        name === undefined ? `${cid} leads to nothing` : `There is no "${name}" in ${cid}`,
        {
          cause: error
        }
      )
    case 'NoResolverError':
    case 'NotUnixFSError':
      return new AppError('UNSUPPORTED', `${cid} is not a UnixFS file or directory; read it with ipfs_dag_get`, {
        cause: error
      })
    case 'OverReadError':
    case 'UnderReadError':
      return new AppError('BAD_DATA', `The file ${cid} states another size than its blocks have`, { cause: error })
    default:
      // A failing disk says which call failed; anything else is a decoder's complaint about a stranger's bytes.
      if ('syscall' in error) return error
      return new AppError('BAD_DATA', `${cid} or a block below it is malformed`, { cause: error })
  }
}

/** Bytes of content below a directory or file; for other nodes, of the block itself. Shared directories are read once. */
export async function contentSize(operation: Operation, cid: CID, known = new Map<string, number>()): Promise<number> {
  const name = cid.toString()
  const before = known.get(name)
  if (before !== undefined) return before
  const size = await measure(operation, cid, known)
  known.set(name, size)
  return size
}

async function measure(operation: Operation, cid: CID, known: Map<string, number>): Promise<number> {
  if (cid.code !== CODEC.dagPb) return (await operation.read(cid)).byteLength
  const entry = await openEntry(operation, cid)
  if (entry.type !== 'directory') return 'size' in entry ? Number(entry.size) : 0
  let sum = 0
  for await (const child of entriesOf(operation, entry)) {
    // The link of a raw leaf states its size, so that measuring a directory need not read its files.
    sum += child.cid.code === CODEC.raw ? Number(child.size) : await contentSize(operation, child.cid, known)
  }
  return sum
}

export type Kind = 'file' | 'directory' | 'raw' | 'dag'

/** What a block is to a reader of files. */
export async function kindOf(operation: Operation, cid: CID): Promise<Kind> {
  if (cid.code === CODEC.raw) return 'raw'
  if (cid.code !== CODEC.dagPb) return 'dag'
  try {
    return (await openEntry(operation, cid)).type === 'directory' ? 'directory' : 'file'
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNSUPPORTED') return 'dag'
    throw error
  }
}
