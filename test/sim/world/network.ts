/** Messages between processes: late, lost, doubled, out of order. */
import type { Host } from './host.ts'
import type { World } from './world.ts'

export interface NetworkFaults {
  loss: number
  duplicate: number
  /** Share of messages that take seconds instead of milliseconds. */
  slow: number
}

/** No message is under way for longer. */
export const MAX_DELAY_MS = 60_000

export interface Network {
  faults: NetworkFaults
  /** What arrives at the address goes to this process, until another takes its place. */
  listen(address: string, host: Host, receive: (message: unknown) => void): void
  send(from: Host, to: string, message: object): void
}

export const CALM: NetworkFaults = { loss: 0, duplicate: 0, slow: 0 }

export function createNetwork(world: World, faults: NetworkFaults): Network {
  const dice = world.dice.split()
  const listeners = new Map<string, { host: Host; receive: (message: unknown) => void }>()

  function deliver(to: string, text: string): void {
    const listener = listeners.get(to)
    listener?.host.enter(() => {
      world.note('to', to, text)
      listener.receive(JSON.parse(text))
    })
  }

  const network: Network = {
    faults,
    listen: (address, host, receive) => void listeners.set(address, { host, receive }),
    send(from, to, message) {
      if (!from.reach()) return
      const text = JSON.stringify(message)
      const { loss, duplicate, slow } = network.faults
      for (let copies = dice.chance(duplicate) ? 2 : 1; copies > 0; copies--) {
        if (dice.chance(loss)) continue
        const delayMs = dice.chance(slow)
          ? dice.between(100, dice.pick([1000, 10_000, MAX_DELAY_MS]))
          : dice.between(1, 10)
        world.after(delayMs, () => deliver(to, text))
      }
    }
  }
  return network
}
