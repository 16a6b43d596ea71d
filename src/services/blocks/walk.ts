/** Walking a DAG: depth first, each block once, without recursion, so that no depth of an attacker's DAG ends the stack. */
import type { CID } from '../../core/cid.ts'
import { CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { codecName, isKnownCodec, linksOf } from './codecs.ts'

/** Leaves that a walk announces before their turn. */
const LEAVES_AHEAD = 8

/**
 * Yields each CID after `linksFrom` has looked at it. The same bytes under another codec are another node. `announce` is told of
 * leaves that come next, again at each step until their turn; nothing that leads on, so that what is announced stays little.
 */
export async function* walk(
  roots: readonly CID[],
  linksFrom: (cid: CID) => Promise<readonly CID[]>,
  announce?: (leaf: CID) => void
): AsyncGenerator<CID> {
  const seen = new Set<string>()
  const stack = roots.toReversed()
  for (let cid = stack.pop(); cid; cid = stack.pop()) {
    const name = cid.toV1().toString()
    if (seen.has(name)) continue
    seen.add(name)
    for (let at = stack.length - 1; announce && at >= Math.max(0, stack.length - LEAVES_AHEAD); at--) {
      const next = stack[at]
      if (next?.code !== CODEC.raw) break
      if (!seen.has(next.toV1().toString())) announce(next)
    }
    const links = await linksFrom(cid)
    yield cid
    for (let index = links.length - 1; index >= 0; index--) {
      const link = links[index]
      if (link) stack.push(link)
    }
  }
}

/** Throws NOT_FOUND naming the first block below the roots that is not here. */
export async function demandComplete(
  roots: readonly CID[],
  source: { read(cid: CID): Promise<Uint8Array>; has(cid: CID): Promise<boolean> }
): Promise<void> {
  const blocks = walk(roots, async cid => {
    if (!isKnownCodec(cid)) throw unfollowable(cid)
    // The bytes of a leaf have no say in what is complete.
    if (cid.code !== CODEC.raw) return linksOf(cid, await source.read(cid))
    if (!(await source.has(cid))) throw new AppError('NOT_FOUND', `Block ${cid} below ${roots.join(', ')} is not here`)
    return []
  })
  for await (const _ of blocks);
}

export const unfollowable = (cid: CID) =>
  new AppError(
    'UNSUPPORTED',
    `Links of ${cid} cannot be followed: its codec ${codecName(cid)} is not known; a direct pin can hold it`
  )
