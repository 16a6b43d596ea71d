import { pipeline, Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { AppError } from '../../core/errors.ts'
import type { Budget } from './budget.ts'

export type Compression = 'gz' | 'zst'

/** What a compressed stream holds, in parts. BAD_DATA if it is cut or damaged, TOO_LARGE by the budget. */
export async function* decompress(
  parts: Iterable<Buffer>,
  compression: Compression,
  budget: Budget
): AsyncGenerator<Buffer> {
  const decoder = compression === 'gz' ? createGunzip() : createZstdDecompress()
  // A failure of either ends both, and whoever reads the result sees it there.
  const output = pipeline(Readable.from(parts), decoder, () => {})
  try {
    for await (const part of output) {
      budget.spend(part.length)
      yield part
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('BAD_DATA', `The ${compression} stream is damaged or cut off`, { cause })
  }
}
