/** A process: its clocks, its randomness, and its end. What it was doing when it ends is never heard of again. */
import type { Clock } from '../../../src/core/clock.ts'
import type { Random } from '../../../src/core/random.ts'
import type { World } from './world.ts'

export const EPOCH_MS = 1_700_000_000_000

/** A wall clock, shared by the processes that live one after another on a machine. */
export interface Wall {
  offsetMs: number
}

export interface Host {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly isAlive: boolean
  /** Runs something that comes from outside: never if the process has ended, later while it is stopped. */
  enter(callback: () => void): void
  defer(callback: () => void): void
  /** Before everything that others can see: false if it does not happen, since the process ends first. */
  reach(): boolean
  kill(): void
  /** Ends at the so-manieth `reach` from now, before it or after it. */
  killAtReach(count: number): void
  /** Stands still, as after SIGSTOP. */
  freeze(ms: number): void
  readonly frozenUntil: number
}

export interface HostOptions {
  name: string
  wall: Wall
  /** How fast its monotonic clock goes. */
  rate?: number
  onKilled?: () => void
}

export function createHost(world: World, { name, wall, rate = 1, onKilled }: HostOptions): Host {
  const bornAt = world.now()
  const dice = world.dice.split()
  let isAlive = true
  let reachesLeft = Number.POSITIVE_INFINITY
  let frozenUntil = 0

  const host: Host = {
    name,
    get isAlive() {
      return isAlive
    },
    get frozenUntil() {
      return frozenUntil
    },
    clock: {
      now: () => Math.floor(EPOCH_MS + world.now() + wall.offsetMs),
      monotonic: () => (world.now() - bornAt) * rate,
      after(delayMs, callback) {
        let isCalledOff = false
        const callOff = world.after(delayMs / rate, () =>
          host.enter(() => {
            if (!isCalledOff) callback()
          })
        )
        return () => {
          isCalledOff = true
          callOff()
        }
      }
    },
    random: { bytes: length => dice.bytes(length), uuid: () => Buffer.from(dice.bytes(16)).toString('hex') },
    enter(callback) {
      if (!isAlive) return
      if (frozenUntil > world.now()) world.after(frozenUntil - world.now(), () => host.enter(callback))
      else callback()
    },
    defer: callback => void world.after(0, () => host.enter(callback)),
    reach() {
      if (!isAlive) return false
      if (--reachesLeft > 0) return true
      const isDone = dice.chance(0.5)
      // The supervisor hears of it only after what still goes out has gone out.
      world.note(name, 'dies at a step', isDone ? 'after' : 'before')
      isAlive = false
      world.after(0, () => onKilled?.())
      return isDone
    },
    kill() {
      if (!isAlive) return
      world.note(name, 'dies')
      isAlive = false
      onKilled?.()
    },
    killAtReach(count) {
      reachesLeft = count
    },
    freeze(ms) {
      world.note(name, 'stands still', ms)
      frozenUntil = Math.max(frozenUntil, world.now() + ms)
    }
  }
  return host
}
