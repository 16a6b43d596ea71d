/** Peers on a network that is cut, over the memory network of the simulation by the clock of the machine. */
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { createPeersOver } from '../../../src/services/peers/peers.ts'
import { createMemoryStorage } from '../../../src/services/peers/storage.ts'
import { memoryHosts } from '../../sim/net/memory-host.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../../sim/net/memory-network.ts'
import { createDice } from '../../sim/world/dice.ts'
import { joined, LIMITS } from './network.ts'

const process = { isAlive: true, enter: (callback: () => void) => callback(), reach: () => true }

async function startAt(network: MemoryNetwork, machine: string) {
  const peers = createPeersOver({
    startHost: memoryHosts(network, machine, { ...process }),
    storage: createMemoryStorage(),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    limits: { ...LIMITS, requestTimeoutMs: 1000 },
    version: '0.0.0',
    listen: [`/memory/${machine}`],
    announce: [],
    bootstrap: [],
    useMdns: false
  })
  await peers.start()
  return { peers, peerId: peers.status().peerId, [Symbol.asyncDispose]: () => peers.stop() }
}

test.each([
  ['there', 'alice', 'bob', []],
  ['back', 'bob', 'alice', ['while it is cut']]
])(
  'a request over a line that is cut on the way %s has an unknown outcome, and the next one goes',
  async (_way, from, to, heard) => {
    const network = createMemoryNetwork(systemClock, createDice(1))
    await using alice = await startAt(network, 'alice')
    await using bob = await startAt(network, 'bob')
    const served: string[] = []
    bob.peers.serve(stream =>
      stream.onMessage(body => {
        const { id, method, params } = JSON.parse(Buffer.from(body).toString())
        if (method !== 'x') return
        served.push(params.text)
        stream.send(JSON.stringify({ jsonrpc: '2.0', id, result: params.text }))
      })
    )
    await joined(bob.peers, alice.peers)
    const ask = (text: string) => alice.peers.request({ peerId: bob.peerId }, 'x', { text })
    expect(await ask('before')).toBe('before')
    network.cut(from, to)
    await expect(ask('while it is cut')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(served).toEqual(['before', ...heard])
    network.mend(from, to)
    expect(await ask('after')).toBe('after')
  }
)
