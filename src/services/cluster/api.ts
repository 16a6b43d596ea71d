/**
 * Pins on an IPFS cluster, by the REST API of one of its peers.
 *
 * Guarantees:
 * - Requests go to the configured address and nowhere else: no redirect is followed, and callers name CIDs and peers, never addresses.
 * - What the cluster says is passed on as it says it, checked for its form: BAD_DATA if it says something else.
 * - Content that was uploaded has the CID that its bytes give here: CID_MISMATCH otherwise.
 * - FETCH_FAILED if the cluster cannot be reached or refuses, with its status and message; NOT_FOUND for what it does not know.
 */
import type { CID } from '../../core/cid.ts'
import type { Startable } from '../../core/startable.ts'

declare module '../../core/tool.ts' {
  interface Services {
    cluster: Cluster
  }
}

export interface ClusterOptions {
  signal?: AbortSignal | undefined
}

export interface Cluster extends Startable {
  /** Without an address, everything else here is SERVICE_UNAVAILABLE. */
  readonly isConfigured: boolean
  /** The peer that answers. */
  id(options?: ClusterOptions): Promise<ClusterPeer & { version: string }>
  peers(options?: ClusterOptions): Promise<ClusterPeer[]>
  /** Takes a peer out of the cluster. */
  removePeer(peerId: string, options?: ClusterOptions): Promise<void>
  /** Every pin with its state on each peer, at most MAX_PINS. */
  pins(options?: ClusterOptions & { filter?: string | undefined }): Promise<{ pins: ClusterPin[]; truncated: boolean }>
  status(cid: CID, options?: ClusterOptions): Promise<ClusterPin>
  /** Asks for the pin; the cluster makes it in its own time. */
  add(cid: CID, options?: ClusterOptions & { replicas?: number | undefined; name?: string | undefined }): Promise<void>
  remove(cid: CID, options?: ClusterOptions): Promise<void>
  recover(cid: CID, options?: ClusterOptions): Promise<ClusterPin>
  /** Stores the bytes on the cluster as one UnixFS file of this CID, and pins it there. */
  upload(bytes: Uint8Array, cid: CID, options?: ClusterOptions & { name?: string | undefined }): Promise<void>
}

export const MAX_PINS = 10_000

export interface ClusterPeer {
  id: string
  name: string
  addresses: string[]
  /** What is wrong with it, if something is. */
  error: string | undefined
}

export interface ClusterPin {
  cid: string
  name: string
  peers: { peer: string; status: string; error: string | undefined }[]
}
