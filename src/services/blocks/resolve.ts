/** From a CID and a path to a block, or to a value inside one. */
import { CID, CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { decodeBlock } from './codecs.ts'
import type { Operation } from './store.ts'
import { childOf } from './unixfs.ts'

/** `inside` is absent where the path leads to a whole block. */
export interface Located {
  cid: CID
  inside?: { value: unknown }
}

export interface ResolveOptions {
  /** Whether `Links` and `Data` mean the fields of a dag-pb node rather than names in a directory. */
  fields?: boolean
}

/** Follows names in directories, members and indexes in values, and links wherever they stand. */
export async function locate(
  operation: Operation,
  root: CID,
  path: readonly string[],
  { fields = false }: ResolveOptions = {}
): Promise<Located> {
  let at: Located = { cid: root }
  for (const segment of path) {
    operation.signal?.throwIfAborted()
    const isField = fields && (segment === 'Links' || segment === 'Data')
    if (!at.inside && at.cid.code === CODEC.dagPb && !isField) {
      at = { cid: await childOf(operation, at.cid, segment) }
      continue
    }
    const value = at.inside ? at.inside.value : decodeBlock(at.cid, await operation.read(at.cid))
    const member = memberOf(value, segment, at.cid)
    at = member instanceof CID ? { cid: member } : { cid: at.cid, inside: { value: member } }
  }
  return at
}

/** The block that a path leads to. */
export async function resolveBlock(operation: Operation, root: CID, path: readonly string[]): Promise<CID> {
  const { cid, inside } = await locate(operation, root, path)
  if (!inside) return cid
  throw new AppError(
    'INVALID_INPUT',
    `${root}/${path.join('/')} is a value inside ${cid}, not a file; use ipfs_dag_get`
  )
}

function memberOf(value: unknown, segment: string, cid: CID): unknown {
  const isContainer = value !== null && typeof value === 'object' && !(value instanceof Uint8Array)
  if (isContainer && segment !== 'length' && Object.hasOwn(value, segment)) {
    // `hasOwn` proves the member; the type of `value` cannot say it.
    return (value as Record<string, unknown>)[segment]
  }
  const known = isContainer ? Object.keys(value).slice(0, 20) : []
  const there = known.length > 0 ? `; there are ${known.map(name => `"${name}"`).join(', ')}` : ''
  throw new AppError('NOT_FOUND', `There is no "${segment}" in ${cid}${there}`)
}
