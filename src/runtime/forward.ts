/** Calls that name a peer run there: a tool says by its parameters that it can, and needs no code of its own for it. */
import type { ManifestTool } from '../core/catalog.ts'
import type { Client } from '../core/client.ts'
import { AppError } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import type { ReportProgress } from '../core/tool.ts'
import type { Trace } from '../core/tracer.ts'

export interface ForwardTarget {
  peerId?: string
  multiaddr?: string
}

export type Forward = (
  target: ForwardTarget,
  tool: string,
  args: Record<string, unknown>,
  options: {
    signal: AbortSignal
    timeoutMs: number
    progress: ReportProgress
    client: Client
    trace: Trace | undefined
  }
) => Promise<Record<string, unknown>>

/**
 * The peer that a call names, and the call as it goes there; undefined for a call that runs here. FORBIDDEN for a peer that would
 * reach a third node with the rights of this one.
 */
export function targetOf(
  entry: ManifestTool,
  input: unknown,
  principal: Principal
): { target: ForwardTarget; args: Record<string, unknown> } | undefined {
  if (entry.remote !== 'peer' || typeof input !== 'object' || input === null) return undefined
  const { remote_multiaddr, target_peer_id, ...args } = { ...input } as Record<string, unknown>
  const target = {
    ...(typeof target_peer_id === 'string' && { peerId: target_peer_id }),
    ...(typeof remote_multiaddr === 'string' && { multiaddr: remote_multiaddr })
  }
  if (Object.keys(target).length === 0) return undefined
  if (principal.kind !== 'peer') return { target, args }
  throw new AppError(
    'FORBIDDEN',
    'A peer cannot have its calls carried on to another peer; it must be trusted there itself'
  )
}
