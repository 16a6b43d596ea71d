/** Connections that a caller asks for: with a limit for each attempt, and more attempts at growing, varying distances. */
import type { Connection } from '@libp2p/interface'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'

export interface ConnectParts {
  dial: (signal: AbortSignal) => Promise<Connection>
  clock: Clock
  random: Random
}

const FIRST_RETRY_MS = 250
const MAX_RETRY_MS = 5000

/** Only who does not answer is tried again: a mismatch stays one. */
export async function connectWithRetries(
  parts: ConnectParts,
  { timeoutMs, retries = 0, signal }: { timeoutMs?: number; retries?: number; signal?: AbortSignal }
): Promise<{ connection: Connection; attempts: number }> {
  const { clock, random } = parts
  for (let attempts = 1; ; attempts++) {
    try {
      return { connection: await dialWithin(parts, timeoutMs, signal), attempts }
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'PEER_UNREACHABLE') || attempts > retries) throw error
      const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), MAX_RETRY_MS)
      await new Promise<void>(resolve => clock.after(delayMs * (0.5 + shareOf(random) / 2), resolve))
      signal?.throwIfAborted()
    }
  }
}

/** From 0 to 1. */
const shareOf = (random: Random): number => (random.bytes(1)[0] ?? 0) / 255

async function dialWithin(
  { dial, clock }: ConnectParts,
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined
): Promise<Connection> {
  const limit = new AbortController()
  const tooLate = new AppError('PEER_UNREACHABLE', `The peer did not answer within ${timeoutMs} ms`)
  const cancelTimer = timeoutMs === undefined ? () => {} : clock.after(timeoutMs, () => limit.abort(tooLate))
  return await dial(signal ? AbortSignal.any([limit.signal, signal]) : limit.signal).finally(cancelTimer)
}
