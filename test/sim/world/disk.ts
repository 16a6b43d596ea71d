/**
 * A disk under the queue's own rules and tables. It keeps apart what a process has in memory, what is written, and what is synced;
 * so it can lose what nobody synced, fail a sync, lie about one, be full, be slow, and end in the middle of a batch.
 */
import { AppError } from '../../../src/core/errors.ts'
import { beginAnew } from '../../../src/services/queue/logic/begin-anew.ts'
import { execute } from '../../../src/services/queue/logic/execute.ts'
import { answer } from '../../../src/services/queue/logic/read.ts'
import { createMemoryTables, type MemoryTables } from '../../../src/services/queue/memory-tables.ts'
import type { Committed, Operation, QueueStore, Time } from '../../../src/services/queue/store.ts'
import { nextEpoch } from '../../../src/services/queue/token.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

export interface DiskFaults {
  /** Of syncs: fail, with either outcome. */
  failing: number
  /** Of syncs: say that they were done and were not. */
  lying: number
  /** Of syncs: take up to a second. */
  slow: number
  isFull: boolean
}

export const SOUND: DiskFaults = { failing: 0, lying: 0, slow: 0, isFull: false }

/** What is seen of a disk. */
export interface DiskWatcher {
  /** A batch that was handed over at `askedAt` has become part of the store. */
  onKept(batch: readonly Operation[], committed: Committed, time: Time, askedAt: number): void
  /** A batch was applied to the tables; whether it stays is open. */
  onApplied(tables: MemoryTables, time: Time): void
  /** Batches that were acknowledged are gone. */
  onLost(batches: readonly { batch: readonly Operation[]; committed: Committed }[]): void
  onFault(message: string): void
}

export interface Disk {
  faults: DiskFaults
  /** The store as this process sees it. */
  mount(host: Host): QueueStore
  /** The process that had it mounted has ended. */
  afterKill(isPowerLoss: boolean): void
}

type Entry = { openedAt: Time } | Batch
interface Batch {
  batch: readonly Operation[]
  time: Time
  committed: Committed
  askedAt: number
  isAnswered: boolean
}

export function createDisk(world: World, faults: DiskFaults, watcher: DiskWatcher): Disk {
  const dice = world.dice.split()
  let base = createMemoryTables().image()
  let log: Entry[] = []
  /** Entries that no power loss takes away. */
  let synced = 0
  let tables: MemoryTables | undefined
  let freeAt = 0

  function replayed(): MemoryTables {
    let made = createMemoryTables(base)
    for (const entry of log) {
      if ('openedAt' in entry) made = opened(made, entry.openedAt)
      else execute(made, entry.batch, entry.time)
    }
    return made
  }

  function truncate(length: number): void {
    const lost = log.slice(length).filter(entry => 'batch' in entry && entry.isAnswered) as Batch[]
    log = log.slice(0, length)
    synced = Math.min(synced, length)
    if (lost.length > 0) watcher.onLost(lost)
  }

  /** One thing at a time: resolves when the disk has spent `ms` on it, unless the process has ended. */
  function take(host: Host, ms: number, then: () => void): void {
    freeAt = Math.max(freeAt, world.now()) + ms
    world.after(freeAt - world.now(), () => {
      if (host.isAlive) then()
    })
  }

  const syncMs = () => (dice.chance(disk.faults.slow) ? dice.between(20, 1000) : dice.between(0.2, 3))

  function keep(entry: Batch): void {
    entry.isAnswered = true
    watcher.onKept(entry.batch, entry.committed, entry.time, entry.askedAt)
  }

  function apply(batch: readonly Operation[], time: Time, askedAt: number): Batch | undefined {
    if (!tables) throw new Error('The store is not open')
    try {
      const committed = execute(tables, batch, time)
      watcher.onApplied(tables, time)
      const entry = { batch, time, committed, askedAt, isAnswered: false }
      log.push(entry)
      return entry
    } catch (error) {
      watcher.onFault(`the rules threw ${String(error)}`)
      tables = replayed()
      return undefined
    }
  }

  const disk: Disk = {
    faults,
    mount: host => ({
      open: time =>
        new Promise((resolve, reject) => {
          if (!host.reach()) return
          take(host, syncMs(), () => {
            if (disk.faults.isFull) return host.enter(() => reject(full()))
            if (synced === log.length) {
              base = (tables ?? replayed()).image()
              log = []
              synced = 0
            }
            tables = opened(tables ?? replayed(), time)
            log.push({ openedAt: time })
            if (!dice.chance(disk.faults.lying)) synced = log.length
            else world.note('disk', 'lies about its opening')
            host.enter(resolve)
          })
        }),

      commit: (batch, time) =>
        new Promise((resolve, reject) => {
          if (!host.reach()) return
          const askedAt = world.now()
          const isFull = disk.faults.isFull
          const fails = !isFull && dice.chance(disk.faults.failing)
          const lies = !isFull && !fails && dice.chance(disk.faults.lying)
          let entry: Batch | undefined
          take(host, dice.between(0.1, 1), () => {
            if (!isFull) entry = apply(batch, time, askedAt)
          })
          take(host, syncMs(), () => {
            world.note(
              'disk',
              batch.map(({ kind }) => kind).join('+'),
              isFull ? 'full' : fails ? 'fails' : lies ? 'lies' : ''
            )
            if (isFull) return host.enter(() => reject(full()))
            if (!entry) return host.enter(() => reject(new AppError('INTERNAL', 'The rules threw')))
            if (fails) {
              if (dice.chance(0.5)) keep(entry)
              else {
                truncate(log.length - 1)
                tables = replayed()
              }
              return host.enter(() => reject(new AppError('STORAGE_FAILED', 'The sync failed')))
            }
            if (!lies) synced = log.length
            const { committed } = entry
            keep(entry)
            host.enter(() => resolve(committed))
          })
        }),

      read: query =>
        new Promise((resolve, reject) => {
          if (!host.reach()) return
          take(host, dice.between(0.05, 0.5), () => {
            const value = tables ? answer(tables, query) : undefined
            host.enter(() =>
              tables ? resolve(value as never) : reject(new AppError('SERVICE_UNAVAILABLE', 'Not open'))
            )
          })
        }),

      close: () => new Promise(resolve => take(host, 0.1, () => host.enter(resolve)))
    }),

    afterKill(isPowerLoss) {
      const last = log.at(-1)
      const isTorn = last !== undefined && 'batch' in last && !last.isAnswered
      // A batch that was on its way is there or is not.
      if (isTorn && !dice.chance(0.5)) truncate(log.length - 1)
      if (isPowerLoss) truncate(synced + dice.below(log.length - synced + 1))
      for (const entry of log) if ('batch' in entry && !entry.isAnswered) keep(entry)
      if (isPowerLoss) synced = log.length
      tables = undefined
      freeAt = world.now()
    }
  }
  return disk
}

function opened(tables: MemoryTables, time: Time): MemoryTables {
  const image = tables.image()
  const made = createMemoryTables({ ...image, epoch: nextEpoch(image.epoch, time.now) })
  beginAnew(made, time)
  return made
}

const full = () => new AppError('STORAGE_FULL', 'The disk is full')
