/**
 * What a call of several rounds remembers between them, kept by the client: the answers so far, sealed. A state opens once, only for
 * the request that it was made for, and only in the process that made it; whatever else comes back is refused without being read.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { canonicalize } from '../core/canonical.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import { isObject } from './json-rpc.ts'

/** People take their time to answer; nobody comes back after this. */
const LIFETIME_MS = 30 * 60_000
/** States that were never used are forgotten from the oldest on, so that opening calls and leaving them fills no memory. */
const MAX_OUTSTANDING = 10_000

export interface RequestStates {
  seal(subject: unknown, answers: Record<string, unknown>): string
  /** The answers in it, or undefined if it is forged, used, too old, or of another request. */
  open(state: string, subject: unknown): Record<string, unknown> | undefined
}

export function createRequestStates(random: Random, clock: Clock): RequestStates {
  const key = random.bytes(32)
  const outstanding = new Map<string, number>()
  const sign = (payload: string) => createHmac('sha256', key).update(payload).digest()

  return {
    seal(subject, answers) {
      const nonce = random.uuid()
      outstanding.set(nonce, clock.monotonic() + LIFETIME_MS)
      const [oldest] = outstanding.keys()
      if (outstanding.size > MAX_OUTSTANDING && oldest !== undefined) outstanding.delete(oldest)
      const payload = Buffer.from(JSON.stringify({ nonce, subject: digest(subject), answers })).toString('base64url')
      return `${payload}.${sign(payload).toString('base64url')}`
    },

    open(state, subject) {
      const dot = state.indexOf('.')
      const payload = state.slice(0, dot)
      const given = Buffer.from(state.slice(dot + 1), 'base64url')
      const expected = sign(payload)
      // Decoding is lenient, so the text is compared as well: one state has one spelling.
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
      if (expected.toString('base64url') !== state.slice(dot + 1)) return undefined

      const sealed: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
      if (!isObject(sealed) || typeof sealed.nonce !== 'string' || sealed.subject !== digest(subject)) return undefined
      const expiresAt = outstanding.get(sealed.nonce)
      outstanding.delete(sealed.nonce)
      if (expiresAt === undefined || expiresAt < clock.monotonic()) return undefined
      return isObject(sealed.answers) ? sealed.answers : undefined
    }
  }
}

function digest(subject: unknown): string {
  return hash('sha256', canonicalize(subject), 'base64url')
}
