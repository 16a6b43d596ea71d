/**
 * Invitations: one line that names a peer, where it is, and a secret that works once. The secret proves only that the line was seen;
 * who came with it is known by the key of the connection.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { Grant } from './api.ts'
import type { PeerStorage } from './storage.ts'

const FILE = 'invitations.json'
const PREFIX = 'ipfs-datasets-join:'
const SECRET_BYTES = 24
const MAX_LINE_LENGTH = 4096
const MAX_OPEN = 16

export interface Invitation {
  peerId: string
  addresses: readonly string[]
  secret: string
  expiresAt: number
}

export interface Invitations {
  open(from: { peerId: string; addresses: readonly string[] }, grant: Grant, expiresInMs: number): Promise<Invitation>
  /** What the secret grants, once: that it was used is on disk when this answers. INVITATION_INVALID. */
  use(secret: string): Promise<Grant>
  /** How many may still be used. */
  count(): number
}

/** Kept without its secret. */
interface Kept {
  digest: string
  grant: Grant
  expiresAt: number
}

/** They outlive the process, so that a line made at a shell works with the server that starts after it. */
export async function openInvitations(storage: PeerStorage, clock: Clock, random: Random): Promise<Invitations> {
  const bytes = await storage.read(FILE)
  // Written by `save` below.
  let invitations = bytes ? (JSON.parse(Buffer.from(bytes).toString('utf8')) as Kept[]) : []
  const save = () => storage.write(FILE, Buffer.from(JSON.stringify(invitations)))
  const forgetExpired = () => {
    invitations = invitations.filter(({ expiresAt }) => expiresAt > clock.now())
  }
  return {
    async open(from, grant, expiresInMs) {
      forgetExpired()
      if (invitations.length >= MAX_OPEN) {
        throw new AppError('BUSY', `${MAX_OPEN} invitations are open; use one, or wait until one expires`)
      }
      const secret = Buffer.from(random.bytes(SECRET_BYTES)).toString('base64url')
      const expiresAt = clock.now() + expiresInMs
      invitations.push({ digest: digestOf(secret).toString('hex'), grant, expiresAt })
      await save()
      return { ...from, secret, expiresAt }
    },
    async use(secret) {
      forgetExpired()
      const digest = digestOf(secret)
      const found = invitations.find(invitation => timingSafeEqual(Buffer.from(invitation.digest, 'hex'), digest))
      if (!found) throw invalid('it was used, has expired, or is not of this node')
      invitations = invitations.filter(invitation => invitation !== found)
      await save()
      return found.grant
    },
    count() {
      forgetExpired()
      return invitations.length
    }
  }
}

const digestOf = (secret: string): Buffer => hash('sha256', secret, 'buffer')

export function formatInvitation({ peerId, addresses, secret, expiresAt }: Invitation): string {
  return PREFIX + Buffer.from(JSON.stringify([1, peerId, addresses, secret, expiresAt])).toString('base64url')
}

/** INVITATION_INVALID if it is no such line. */
export function parseInvitation(line: string): Invitation {
  const text = line.trim()
  if (!text.startsWith(PREFIX) || text.length > MAX_LINE_LENGTH) throw invalid(`an invitation begins with ${PREFIX}`)
  const [version, peerId, addresses, secret, expiresAt] = parts(text.slice(PREFIX.length))
  const isWhole =
    version === 1 &&
    typeof peerId === 'string' &&
    Array.isArray(addresses) &&
    addresses.every(address => typeof address === 'string') &&
    typeof secret === 'string' &&
    typeof expiresAt === 'number'
  if (!isWhole) throw invalid('the line is cut or changed; copy it whole')
  return { peerId, addresses, secret, expiresAt }
}

function parts(text: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

export function invalid(why: string): AppError {
  return new AppError('INVITATION_INVALID', `The invitation does not work: ${why}; ask for a new one`)
}
