/** The blocks service over any storage: what there is, each verb in its own file. */
import { verifyBlock } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { createLifecycle } from '../../core/startable.ts'
import { addDirectory, addFile } from './add.ts'
import type { Blocks } from './api.ts'
import { exportCar } from './car-export.ts'
import { importCar } from './car-import.ts'
import { exportCarPart } from './car-part.ts'
import { cat } from './cat.ts'
import { dagGet, dagPut } from './dag.ts'
import { collectGarbage } from './gc.ts'
import { ls } from './ls.ts'
import { loadPins, type PinTable, pin } from './pins.ts'
import { find, stat } from './stat.ts'
import type { BlockStorage } from './storage.ts'
import { createStore, type Store } from './store.ts'

export function createBlockService(openStorage: () => Promise<BlockStorage>): Blocks {
  let opened: { storage: BlockStorage; store: Store; pins: PinTable } | undefined

  const lifecycle = createLifecycle(
    async () => {
      const storage = await openStorage()
      await storage.open()
      try {
        opened = { storage, pins: await loadPins(storage.pins), store: createStore(storage) }
      } catch (error) {
        await storage.close?.()
        throw error
      }
    },
    async () => {
      const closing = opened
      opened = undefined
      // A storage that answers slowly must not hold the stop up.
      await Promise.all([closing?.store.stop(), closing?.storage.close?.()])
      await closing?.pins.settle()
    }
  )

  const open = () => {
    if (opened) return opened
    throw new AppError('SERVICE_UNAVAILABLE', 'The block store is not running; start it first')
  }
  const store = () => open().store
  const pins = () => open().pins

  return {
    start: lifecycle.start,
    stop: lifecycle.stop,

    put: async (cid, bytes, options) =>
      store().run([cid], options?.signal, async operation => {
        verifyBlock(cid, bytes)
        await operation.write(cid, bytes)
        await operation.sync()
      }),
    get: async (cid, options) => store().run([cid], options?.signal, operation => operation.read(cid)),
    has: async cid => store().run([cid], undefined, operation => operation.has(cid)),

    addFile: async (content, options) => addFile(store(), pins(), content, options),
    addDirectory: async (files, options) => addDirectory(store(), pins(), files, options),
    cat: (cid, path, options) => cat(store(), cid, path, options),
    ls: (cid, path, options) => ls(store(), cid, path, options),
    stat: async (cid, path, options) => stat(store(), cid, path, options),
    find: async (cid, path, options) => find(store(), cid, path, options),

    dagPut: async (value, options) => dagPut(store(), pins(), value, options),
    dagGet: async (cid, path, options) => dagGet(store(), cid, path, options),

    pin: async (cid, options) => pin(store(), pins(), cid, options),
    unpin: async cid => pins().remove(cid),
    listPins: async options => pins().list(options),
    gc: async options => collectGarbage(store(), pins(), options),

    exportCar: (root, options) => exportCar(store(), root, options),
    exportCarPart: (root, path, options) => exportCarPart(store(), root, path, options),
    importCar: async (bytes, options) => importCar(store(), pins(), bytes, options),
    hold: () => store().hold()
  }
}
