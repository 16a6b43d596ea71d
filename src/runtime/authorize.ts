/**
 * Who may run what: the one place that decides. Callers on this machine and holders of the access token may run every tool. A peer may
 * run what it was granted, and only tools that are made for peers; a task of a peer also those that are made for tasks. A page of this server
 * without the token may look and change nothing. What a caller says of itself counts for nothing.
 */
import type { ManifestTool } from '../core/catalog.ts'
import { AppError } from '../core/errors.ts'
import type { Evidence, Principal } from '../core/principal.ts'

/** Throws FORBIDDEN. */
export type Authorize = (entry: ManifestTool, principal: Principal, evidence: Evidence) => void

const PEER_PREFIX = 'peer:'

/** `grantOf` names the tools that a peer may use here, or undefined if it is not trusted. */
export function createAuthorize(grantOf: (peerId: string) => readonly string[] | undefined): Authorize {
  return (entry, { kind, id }, evidence) => {
    if (kind === 'page' && entry.effect !== 'read') {
      throw new AppError(
        'FORBIDDEN',
        `${entry.name} changes something, and a page may do that with the access token only`
      )
    }
    if (kind !== 'peer') return
    const granted = grantOf(id.slice(PEER_PREFIX.length))
    const isForThem = entry.remote === 'peer' || (entry.remote === 'task' && evidence.kind === 'submitter')
    if (isForThem && granted?.includes(entry.name)) return
    throw new AppError(
      'FORBIDDEN',
      `This peer may not use ${entry.name} here; whoever runs this node can grant it: p2p invite --tools ${entry.name}`,
      {
        details: { tool: entry.name, granted: granted ?? [] }
      }
    )
  }
}
