/** An index in a file, by a thread of its own, and one in memory. */
import { Worker } from 'node:worker_threads'
import { AppError } from '../../core/errors.ts'
import { type Answer, type Request, storageError, valueIn } from './index-port.ts'
import type { IndexMethods, IndexStore } from './index-store.ts'
import { openIndex } from './sqlite-index.ts'

/** Beside this module, as a source or as an entry of the bundle. */
const THREAD = import.meta.url.endsWith('.ts') ? 'index-thread.ts' : 'objects-thread.js'

type Ask = (method: keyof IndexMethods, args: unknown[]) => Promise<unknown>

export function createMemoryIndex(): IndexStore {
  const index = openIndex(':memory:')
  return toStore(
    async (method, args) => {
      // The types of the store pair each method with its arguments.
      const call = index[method] as (...given: unknown[]) => unknown
      try {
        return call(...args)
      } catch (error) {
        throw storageError(error, 'memory')
      }
    },
    async () => index.close()
  )
}

export function createFileIndex(path: string): IndexStore {
  const worker = new Worker(new URL(THREAD, import.meta.url), { workerData: path, name: 'objects', execArgv: [] })
  const asked: { resolve: (value: unknown) => void; reject: (error: unknown) => void }[] = []
  const ended = Promise.withResolvers<void>()
  let failure: unknown
  worker.unref()
  worker.on('error', error => {
    failure = error
  })
  worker.on('message', (answer: Answer) => {
    const next = asked.shift()
    if (asked.length === 0) worker.unref()
    try {
      next?.resolve(valueIn(answer))
    } catch (error) {
      next?.reject(error)
    }
  })
  worker.on('exit', () => {
    const error = new AppError('STORAGE_FAILED', 'The thread of the objects ended; ask whether it was done', {
      cause: failure
    })
    for (const { reject } of asked.splice(0)) reject(error)
    ended.resolve()
  })
  return toStore(
    (method, args) =>
      new Promise((resolve, reject) => {
        worker.postMessage({ method, args } satisfies Request)
        worker.ref()
        asked.push({ resolve, reject })
      }),
    async () => {
      worker.ref()
      worker.postMessage('close' satisfies Request)
      await ended.promise
    }
  )
}

const METHODS = [
  'collection',
  'collectionNames',
  'collections',
  'putCollection',
  'removeCollection',
  'item',
  'add',
  'settle',
  'unsettle',
  'remove',
  'unsettled',
  'idsOf',
  'find'
] as const satisfies readonly (keyof IndexMethods)[]

function toStore(ask: Ask, close: () => Promise<void>): IndexStore {
  const methods = METHODS.map(method => [method, (...args: unknown[]) => ask(method, args)])
  // Every method of the list, with the arguments and the answer that its type says.
  return { ...Object.fromEntries(methods), close } as IndexStore
}
