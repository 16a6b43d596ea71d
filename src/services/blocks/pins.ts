/** Pins: which roots stay. Kept in memory whole, written through one at a time; read anew where others change them too. */
import type { CID } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { Pin, PinOptions, PinType } from './api.ts'
import type { PinStorage } from './storage.ts'
import type { Operation, Store } from './store.ts'
import { demandComplete } from './walk.ts'

export type PinTable = Awaited<ReturnType<typeof loadPins>>

const MAX_PAGE = 10_000

export async function loadPins(storage: PinStorage) {
  const load = async () => new Map((await storage.load()).map(pin => [pin.cid.toString(), pin]))
  const pins = await load()
  let writing: Promise<unknown> = Promise.resolve()

  /** In turn, so that memory and storage agree on who came last. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = writing.then(work)
    writing = done.catch(() => {})
    return done
  }

  const current = async () => (storage.typeOf ? load() : pins)
  const typeOf = async (cid: CID) => (storage.typeOf ? storage.typeOf(cid) : pins.get(cid.toString())?.type)

  return {
    roots: async () => [...(await current()).values()],

    /** A recursive pin already holds more than a direct one, and stays. */
    set: (pin: Pin) =>
      inTurn(async () => {
        const standing = await typeOf(pin.cid)
        if (standing === 'recursive' || standing === pin.type) return
        await storage.save(pin)
        pins.set(pin.cid.toString(), pin)
      }),

    remove: (cid: CID) =>
      inTurn(async () => {
        const name = cid.toString()
        if (!(await typeOf(cid)))
          throw new AppError('NOT_FOUND', `${name} is not pinned; the list of pins has those that are`)
        await storage.remove(cid)
        pins.delete(name)
      }),

    async list({ type, after, limit = MAX_PAGE }: { type?: PinType; after?: string; limit?: number } = {}) {
      const all = [...(await current())]
      const matching = all.filter(([, pin]) => !type || pin.type === type).sort(([a], [b]) => (a < b ? -1 : 1))
      const rest = after === undefined ? matching : matching.filter(([name]) => name > after)
      return { pins: rest.slice(0, limit).map(([, pin]) => pin), total: matching.length }
    },

    settle: () => writing
  }
}

export function pin(store: Store, pins: PinTable, cid: CID, options: PinOptions = {}): Promise<void> {
  return store.run([cid], options.signal, operation => pinWithin(operation, pins, cid, options.type ?? 'recursive'))
}

/** Pins inside a running operation: checks that what the pin promises is here, makes it durable, then writes the pin. */
export async function pinWithin(operation: Operation, pins: PinTable, cid: CID, type: PinType): Promise<void> {
  if (type === 'recursive') await demandComplete([cid], operation)
  else if (!(await operation.has(cid))) throw new AppError('NOT_FOUND', `Block ${cid} is not here and cannot be pinned`)
  await operation.sync()
  operation.signal?.throwIfAborted()
  await pins.set({ cid, type })
}
