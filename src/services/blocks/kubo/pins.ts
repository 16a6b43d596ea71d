/** The pins of a Kubo daemon, which others may change as well. */
import { AppError } from '../../../core/errors.ts'
import type { Pin, PinType } from '../api.ts'
import type { PinStorage } from '../storage.ts'
import { isNotFound, isNotPinned, type KuboRpc, namedCid } from './rpc.ts'

const TYPES: readonly PinType[] = ['recursive', 'direct']

export function createKuboPins(rpc: () => KuboRpc): PinStorage {
  return {
    async typeOf(cid) {
      for (const type of TYPES) {
        try {
          await rpc().value('pin/ls', { arg: String(cid), type }, { isLong: true })
          return type
        } catch (error) {
          if (!isNotPinned(error)) throw error
        }
      }
      return undefined
    },
    async load() {
      const pins: Pin[] = []
      for (const type of TYPES) {
        for await (const { Cid: text } of rpc().values('pin/ls', { type, stream: true }, { isLong: true })) {
          pins.push({ cid: namedCid(text), type })
        }
      }
      return pins
    },
    async save({ cid, type }) {
      try {
        await rpc().value('pin/add', { arg: String(cid), recursive: type === 'recursive' }, { isLong: true })
      } catch (error) {
        if (!isNotFound(error)) throw error
        const message = `Kubo collected blocks of ${cid} before they were pinned; store them again`
        throw new AppError('STORAGE_FAILED', message, { cause: error })
      }
    },
    async remove(cid) {
      await rpc().value('pin/rm', { arg: String(cid), recursive: true }, { isLong: true })
    }
  }
}
