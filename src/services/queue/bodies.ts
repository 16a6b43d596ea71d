/**
 * Payloads and results too large for a row: kept in `blocks`, pinned, by CID. A body is a UnixFS directory of one file, so that
 * its CID is never that of something a user pinned for itself, and letting it go takes nobody's pin away.
 */
import { parseCid } from '../../core/cid.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Blocks } from '../blocks/api.ts'
import { BODY_FILE, INLINE_BYTES, MAX_PAYLOAD_BYTES } from './api.ts'

export interface Bodies {
  /** The text itself, or the CID that it is kept under. TOO_LARGE beyond MAX_PAYLOAD_BYTES. */
  keep(text: string, signal?: AbortSignal): Promise<{ json: string; cid: null } | { json: null; cid: string }>
  read(cid: string, signal?: AbortSignal): Promise<unknown>
  /** Lets go of a body. False if it was kept again a moment ago, for a task that may not be stored yet. */
  forget(cid: string): Promise<boolean>
}

/** Longer than it takes to store the task that a body was kept for. */
const GRACE_MS = 60_000

export function createBodies(
  blocks: Pick<Blocks, 'addDirectory' | 'cat' | 'unpin'>,
  clock: Pick<Clock, 'monotonic'>
): Bodies {
  const keptAt = new Map<string, number>()
  let last: Promise<unknown> = Promise.resolve()

  /** One at a time: a body that is kept while it is let go would lose its pin. */
  function inTurn<T>(step: () => Promise<T>): Promise<T> {
    const turn = last.then(step)
    last = turn.catch(() => {})
    return turn
  }

  function noteKept(cid: string): void {
    const now = clock.monotonic()
    for (const [old, at] of keptAt) if (now - at > GRACE_MS) keptAt.delete(old)
    keptAt.set(cid, now)
  }

  return {
    async keep(text, signal) {
      // A text of so few characters has few enough bytes, whatever they are.
      if (text.length * 3 <= INLINE_BYTES) return { json: text, cid: null }
      const bytes = Buffer.from(text)
      if (bytes.length <= INLINE_BYTES) return { json: text, cid: null }
      if (bytes.length > MAX_PAYLOAD_BYTES) {
        throw new AppError(
          'TOO_LARGE',
          `A payload or result has at most ${MAX_PAYLOAD_BYTES} bytes of JSON, and this has ${bytes.length}; store it with ipfs_add and pass its CID`,
          { details: { size_bytes: bytes.length, limit_bytes: MAX_PAYLOAD_BYTES } }
        )
      }
      const options = { pin: 'recursive' as const, ...(signal && { signal }) }
      return await inTurn(async () => {
        const { cid } = await blocks.addDirectory([{ path: BODY_FILE, content: [bytes] }], options)
        noteKept(cid.toString())
        return { json: null, cid: cid.toString() }
      })
    },

    async read(cid, signal) {
      const chunks = await Array.fromAsync(blocks.cat(parseCid(cid), [BODY_FILE], signal ? { signal } : {}))
      return JSON.parse(Buffer.concat(chunks).toString('utf8'))
    },

    forget: cid =>
      inTurn(async () => {
        if (clock.monotonic() - (keptAt.get(cid) ?? Number.NEGATIVE_INFINITY) < GRACE_MS) return false
        try {
          await blocks.unpin(parseCid(cid))
        } catch (error) {
          if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error
        }
        return true
      })
  }
}
