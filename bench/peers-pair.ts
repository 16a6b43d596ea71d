/** Two nodes in two processes: a caller in this one, and one that serves in a child. */
import { join } from 'node:path'
import type { BenchContext } from './bench.ts'
import { type Child, startChild } from './child.ts'
import { type Echo, openEcho } from './peers-echo.ts'
import { type OpenPeer, openPeer } from './peers-open.ts'

export const CALLER = 1
/** Keys of callers that come once each. */
export const ONCE = Array.from({ length: 200 }, (_, index) => 10 + index)

interface Addresses {
  peers: readonly { peerId: string; address: string }[]
  echo: string
}

export interface PeerPair {
  caller: OpenPeer
  served: Addresses['peers']
  server: Child
  echo: Echo
  /** Calls a tool of the first node that serves. */
  callThere(tool: string, args?: object): Promise<Record<string, unknown>>
}

export interface PairOptions {
  /** Nodes in the other process. */
  nodes?: number
  /** Where the caller listens, so where the other side thinks it at home. */
  host?: string
  /** Echoes at once. */
  echoes?: number
}

export async function openPair(
  { scratch, own }: Pick<BenchContext, 'scratch' | 'own'>,
  { nodes = 1, host = '127.0.0.1', echoes = 1 }: PairOptions = {}
): Promise<PeerPair> {
  const options = { directory: join(scratch, 'served'), trusts: [CALLER, ...ONCE], nodes }
  const server = own.use(await startChild('peers-process.ts', [JSON.stringify(options)]))
  const { peers: served, echo: echoAddress } = await server.ask<Addresses>('addresses')
  const caller = own.use(await openPeer({ directory: join(scratch, 'caller'), number: CALLER, trusts: [], host }))
  for (const { peerId, address } of served) await caller.call('peer_connect', { peer_id: peerId, multiaddr: address })
  const target_peer_id = served[0]?.peerId
  return {
    caller,
    served,
    server,
    echo: own.use(await openEcho(echoAddress, echoes)),
    callThere: (tool, args = {}) => caller.call(tool, { ...args, target_peer_id })
  }
}

/** How long each of so many calls takes, one after another, in milliseconds. */
export async function timesOf(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) {
    const startedAt = performance.now()
    await call()
    times.push(performance.now() - startedAt)
  }
  return times
}
