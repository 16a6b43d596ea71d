/** A machine: one process after another, with files that outlive them. */
import type { PeerStorage } from '../../../src/services/peers/storage.ts'
import type { MemoryNetwork } from '../net/memory-network.ts'
import { createHost, type Host, type Wall } from '../world/host.ts'
import type { World } from '../world/world.ts'

export interface Machine<Process> {
  readonly name: string
  readonly host: Host
  /** What runs there now; undefined while the machine is down. */
  readonly process: Process | undefined
  kill(options: { isPowerLoss: boolean; downMs: number }): void
}

export interface MachineOptions<Process> {
  world: World
  network: MemoryNetwork
  name: string
  wall?: Wall
  rate?: number
  begin: (host: Host, storage: PeerStorage) => Process
  onEnd?: (process: Process, isPowerLoss: boolean) => void
}

export function createMachine<Process>(options: MachineOptions<Process>): Machine<Process> {
  const { world, network, name, wall = { offsetMs: 0 }, rate = 1 } = options
  const dice = world.dice.split()
  const files = new Map<string, Uint8Array>()
  let host: Host
  let process: Process | undefined
  let next = { isPowerLoss: false, downMs: 0 }

  function begin(): void {
    next = { isPowerLoss: dice.chance(0.3), downMs: dice.between(500, 8000) }
    const own = createHost(world, { name, wall, rate, onKilled: () => end(own) })
    host = own
    process = options.begin(own, storageOf(own))
  }

  function end(own: Host): void {
    const ended = process
    process = undefined
    network.ended(name, own, next.isPowerLoss)
    if (ended !== undefined) options.onEnd?.(ended, next.isPowerLoss)
    world.after(next.downMs, begin)
  }

  /** Each file is as it was before or whole. */
  function storageOf(own: Host): PeerStorage {
    return {
      read: async file => files.get(file),
      write: (file, bytes) =>
        new Promise(resolve => {
          if (!own.reach()) return
          world.after(dice.between(0.5, 20), () => {
            files.set(file, Uint8Array.from(bytes))
            own.enter(resolve)
          })
        })
    }
  }

  begin()
  return {
    name,
    get host() {
      return host
    },
    get process() {
      return process
    },
    kill(how) {
      if (!host.isAlive) return
      next = how
      host.kill()
    }
  }
}
