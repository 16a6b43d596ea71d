/** Peers: calls between two processes over libp2p on loopback, each beside a bare echo on the same transport. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import type { Figure } from './figures.ts'
import { peersAttacked } from './peers-attacked.ts'
import { peersCall } from './peers-call.ts'
import { peersReuse } from './peers-reuse.ts'
import { peersSaturated } from './peers-saturated.ts'
import { peersWork } from './peers-work.ts'

const PARTS: Record<string, Bench> = {
  call: peersCall,
  saturated: peersSaturated,
  attacked: peersAttacked,
  work: peersWork,
  reuse: peersReuse
}

export const peers: Bench = async ({ scratch, say }) => {
  const figures: Figure[] = []
  for (const [name, part] of Object.entries(PARTS)) {
    if (process.env.PART && process.env.PART !== name) continue
    // What one part started must not run beside the next.
    await using own = new AsyncDisposableStack()
    const place = join(scratch, name)
    await mkdir(place)
    figures.push(...(await part({ scratch: place, own, say })))
  }
  return figures
}
