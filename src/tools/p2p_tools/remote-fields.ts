/** Which node the tools of this category ask, as clients of the Python server name it. */
import { z } from 'zod'
import type { PeerTarget } from '../../services/peers/api.ts'
import { secondsField } from '../peer-fields.ts'

export const remoteErrors = [
  'INVALID_INPUT',
  'PEER_UNREACHABLE',
  'PEER_MISMATCH',
  'OUTCOME_UNKNOWN',
  'DEADLINE_EXCEEDED',
  'FORBIDDEN'
] as const

const peerField = () => z.string().max(128).default('').meta({ format: 'x-peer-id' })

export const remoteFields = () => ({
  remote_multiaddr: z.string().max(1024).default('').meta({ format: 'x-multiaddr' }).describe('Where the peer is'),
  remote_peer_id: peerField().describe('The peer; enough for one that is known')
})

/** Another name of the same. */
export const statusFields = () => ({
  remote_multiaddr: remoteFields().remote_multiaddr,
  peer_id: peerField().describe('The peer; enough for one that is known')
})

export const timeoutField = (fallback: number) => secondsField(fallback, 300).describe('Seconds to wait for the answer')

/** An empty text says nothing. INVALID_INPUT comes from the peers service if both are empty. */
export function remoteTarget(remote_multiaddr: string, peerId: string): PeerTarget {
  return {
    ...(remote_multiaddr !== '' && { multiaddr: remote_multiaddr }),
    ...(peerId !== '' && { peerId })
  }
}

export const awayPeer = {
  remote_multiaddr: '/ip4/127.0.0.1/tcp/1',
  remote_peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA'
}
