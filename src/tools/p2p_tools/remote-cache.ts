/** One key of the cache of a peer. */
import type { z } from 'zod'
import type { CallContext } from '../../core/tool.ts'
import { keyField } from './key-field.ts'
import { awayPeer, remoteFields, remoteTarget, timeoutField } from './remote-fields.ts'

export const remoteKeyFields = () => ({ key: keyField(), ...remoteFields(), timeout_s: timeoutField(10) })

type RemoteKey = {
  [Name in keyof ReturnType<typeof remoteKeyFields>]: z.infer<ReturnType<typeof remoteKeyFields>[Name]>
}

export const remoteKeyExamples = [
  { title: 'Nobody is named', input: { key: 'embedding:a1' }, error: 'INVALID_INPUT' },
  { title: 'A peer that is away', input: { key: 'embedding:a1', ...awayPeer }, error: 'PEER_UNREACHABLE' }
] as const

/** What the peer answers to an operation on the key. Errors: `remoteErrors`. */
export function askRemoteCache(
  op: 'cache.get' | 'cache.has' | 'cache.delete',
  { key, remote_multiaddr, remote_peer_id, timeout_s }: RemoteKey,
  { services: { peers }, signal }: CallContext<'peers'>
): Promise<Record<string, unknown>> {
  const target = remoteTarget(remote_multiaddr, remote_peer_id)
  return peers.queueRpc(target, { op, key }, { signal, timeoutMs: timeout_s * 1000 })
}
