/** Which peer a caller means. */

import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { AppError } from '../../core/errors.ts'
import type { PeerTarget } from './api.ts'

export interface ResolvedTarget {
  peerId: string | undefined
  address: Multiaddr | undefined
}

/** INVALID_INPUT with the path of the parameter that is wrong; PEER_MISMATCH if id and address name two peers. */
export function resolveTarget({ peerId, multiaddr: text }: PeerTarget): ResolvedTarget {
  const address = text === undefined ? undefined : parseAddress(text)
  const named = address?.getComponents().findLast(({ name }) => name === 'p2p')?.value
  if (named !== undefined) parsePeerId(named, '/remote_multiaddr')
  const given = peerId === undefined ? undefined : parsePeerId(peerId)
  if (given !== undefined && named !== undefined && given !== named) {
    throw new AppError('PEER_MISMATCH', `The address is that of ${named}, not of ${given}`)
  }
  const resolved = { peerId: given ?? named, address }
  if (resolved.peerId !== undefined || address) return resolved
  throw refuse('/target_peer_id', 'Name a peer by its id or by its multiaddr')
}

function parseAddress(text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch {
    throw refuse('/remote_multiaddr', `"${text.slice(0, 80)}" is no multiaddr`, '/ip4/192.0.2.7/tcp/9710/p2p/12D3KooW…')
  }
}

function parsePeerId(text: string, path = '/target_peer_id'): string {
  try {
    return peerIdFromString(text).toString()
  } catch {
    throw refuse(path, `"${text.slice(0, 80)}" is no peer id`, '12D3KooW…')
  }
}

function refuse(path: string, message: string, suggestion?: string): AppError {
  const issue = { path, message, ...(suggestion !== undefined && { suggestion: `one such as ${suggestion}` }) }
  return new AppError('INVALID_INPUT', message, { issues: [issue] })
}

/** An address that says whose it is. */
export const withPeer = (address: string, peerId: string): string =>
  address.includes('/p2p/') ? address : `${address}/p2p/${peerId}`

/** URL_FORBIDDEN, PEER_MISMATCH or PEER_UNREACHABLE. */
export function dialError(error: unknown, peerId: string | undefined, addresses: readonly string[]): AppError {
  const text = String(error)
  if (error instanceof Error && error.name === 'DialDeniedError') {
    const message = `${addresses.join(', ')} leads to this machine or its link, where no peer is dialled; listen on loopback (p2p.listen) to reach peers there`
    return new AppError('URL_FORBIDDEN', message, { cause: error })
  }
  const isMismatch = /UnexpectedPeer|does not match|unexpected peer/i.test(text)
  const where = addresses.join(', ')
  if (isMismatch) return new AppError('PEER_MISMATCH', `Who answers at ${where} is not ${peerId}`, { cause: error })
  return new AppError(
    'PEER_UNREACHABLE',
    `No peer ${peerId ?? ''} could be reached at ${where}; is it running, and does it trust this node?`,
    {
      cause: error
    }
  )
}
