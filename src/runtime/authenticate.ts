/** From what a transport saw to who is calling. */
import { AppError } from '../core/errors.ts'
import type { Evidence, Principal } from '../core/principal.ts'

export function authenticate(evidence: Evidence): Principal {
  switch (evidence.kind) {
    case 'process':
    case 'owner-socket':
      return { kind: 'local', id: 'local' }
    case 'submitter':
      return evidence.principal
    case 'loopback':
      return { kind: 'anonymous', id: 'anonymous:loopback' }
    case 'page':
      return evidence.hasToken ? { kind: 'token', id: 'token:access' } : { kind: 'page', id: 'page:own' }
    case 'peer':
      return { kind: 'peer', id: `peer:${evidence.peerId}` }
    case 'bearer':
      if (evidence.accepted) return { kind: 'token', id: 'token:access' }
      throw new AppError('UNAUTHENTICATED', 'Send the access token as "Authorization: Bearer <token>"')
  }
}
