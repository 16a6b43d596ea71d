/** Bodies by their CIDs, as blocks keep them: there once they are kept, gone once they are let go. */
import { hash } from 'node:crypto'
import { AppError } from '../../../src/core/errors.ts'
import type { Bodies } from '../../../src/services/queue/bodies.ts'
import type { Host } from './host.ts'
import type { World } from './world.ts'

/** More JSON than this is not kept in the row. */
const INLINE_LENGTH = 300

export interface Shelf {
  of(host: Host): Bodies
  has(cid: string): boolean
}

export function createShelf(world: World): Shelf {
  const dice = world.dice.split()
  const bodies = new Map<string, string>()

  return {
    has: cid => bodies.has(cid),
    of(host) {
      /** Done after a time, and heard of if the process still lives. */
      const slowly = <T>(act: () => T) =>
        new Promise<T>((resolve, reject) => {
          if (!host.reach()) return
          world.after(dice.between(0.5, 20), () => {
            try {
              const value = act()
              host.enter(() => resolve(value))
            } catch (error) {
              host.enter(() => reject(error))
            }
          })
        })
      return {
        async keep(text) {
          if (text.length <= INLINE_LENGTH) return { json: text, cid: null }
          const cid = hash('sha256', text).slice(0, 16)
          return await slowly(() => {
            bodies.set(cid, text)
            return { json: null, cid }
          })
        },
        read: cid =>
          slowly(() => {
            const text = bodies.get(cid)
            if (text === undefined) throw new AppError('NOT_FOUND', `There is no body ${cid}`)
            return JSON.parse(text)
          }),
        forget: cid =>
          slowly(() => {
            bodies.delete(cid)
            return true
          })
      }
    }
  }
}
