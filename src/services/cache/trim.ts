/** Which entries of a cache go when it is tidied: expired ones, those that are too old, then as many as there are too much of. */
import type { Trimmed, TrimOptions } from './api.ts'
import type { Entry } from './entry-store.ts'

export interface TrimAccess {
  /** Names with their bytes, those used longest ago first. */
  known(): [name: string, bytes: number][]
  read(name: string): Promise<Entry | undefined>
  drop(name: string): Promise<void>
  now: number
}

export async function trimEntries(
  { known, read, drop, now }: TrimAccess,
  { maxBytes, maxAgeMs, first = 'oldest', signal, onProgress }: TrimOptions & { maxBytes: number }
): Promise<Trimmed> {
  const trimmed: Trimmed = { expired: 0, tooOld: 0, putOut: 0, freedBytes: 0 }
  const remove = async (name: string, bytes: number, why: 'expired' | 'tooOld' | 'putOut') => {
    await drop(name)
    trimmed[why]++
    trimmed.freedBytes += bytes
  }

  const all = known()
  for (const [at, [name, bytes]] of all.entries()) {
    signal?.throwIfAborted()
    const entry = await read(name)
    const { expiresAt, setAt } = entry ?? {}
    if (!entry || (expiresAt !== undefined && expiresAt <= now)) await remove(name, bytes, 'expired')
    else if (maxAgeMs !== undefined && setAt !== undefined && setAt < now - maxAgeMs)
      await remove(name, bytes, 'tooOld')
    onProgress?.(at + 1, all.length)
  }

  const left = known()
  let total = left.reduce((sum, [, bytes]) => sum + bytes, 0)
  for (const [name, bytes] of first === 'largest' ? left.toSorted(([, a], [, b]) => b - a) : left) {
    if (total <= maxBytes) break
    signal?.throwIfAborted()
    await remove(name, bytes, 'putOut')
    total -= bytes
  }
  return trimmed
}
