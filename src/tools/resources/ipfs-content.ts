/** Bytes under a CID as a resource: text where they are text. */
import type { CID } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { Blocks } from '../../services/blocks/api.ts'
import type { Range } from './resource-uri.ts'

/** What a client takes in one answer. */
export const MAX_RESOURCE_BYTES = 256 * 1024

/** How to read what has no bytes of its own. */
const INSTEAD: Record<string, string> = { directory: 'list it with ipfs_ls', dag: 'read it with ipfs_dag_get' }

export async function readIpfs(
  blocks: Blocks,
  { cid, path, range }: { cid: CID; path: readonly string[]; range: Range | undefined },
  signal: AbortSignal
): Promise<{ mimeType: string } & ({ text: string } | { blob: string })> {
  const { type, sizeBytes } = await blocks.stat(cid, path, { signal })
  const instead = INSTEAD[type]
  if (instead !== undefined) throw new AppError('UNSUPPORTED', `This is a ${type} and no file; ${instead}`)
  const offset = range?.offset ?? 0
  const length = Math.max(0, Math.min(range?.length ?? sizeBytes, sizeBytes - offset))
  if (length > MAX_RESOURCE_BYTES) throw tooLarge(length)
  const chunks = length > 0 ? await Array.fromAsync(blocks.cat(cid, path, { offset, length, signal })) : []
  const bytes = Buffer.concat(chunks)
  const text = bytes.toString()
  // Decoding replaces what is not UTF-8, so only text comes back as it was.
  return Buffer.from(text).equals(bytes)
    ? { mimeType: 'text/plain', text }
    : { mimeType: 'application/octet-stream', blob: bytes.toString('base64') }
}

function tooLarge(length: number): AppError {
  return new AppError(
    'TOO_LARGE',
    `${length} bytes are more than the ${MAX_RESOURCE_BYTES} of one read; use ipfs_cat with offset, or add ?offset=0&length=${MAX_RESOURCE_BYTES}`,
    { details: { size_bytes: length, limit_bytes: MAX_RESOURCE_BYTES, tool: 'ipfs_cat' } }
  )
}
