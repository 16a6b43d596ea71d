/** The store in a file, by SQLite in a thread of its own. The thread starts on first use. */
import { Worker } from 'node:worker_threads'
import { AppError } from '../../core/errors.ts'
import { type Answer, errorOf, type Request, type ThreadOptions } from './sqlite-port.ts'
import type { Committed, Queries, Query, QueryKind, QueueStore } from './store.ts'

/** Beside this module, as a source or as an entry of the bundle. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? 'sqlite-thread.ts' : 'sqlite-thread.js', import.meta.url)

interface Thread {
  ask(request: Request): Promise<unknown>
  /** When it has closed the file. */
  close(): Promise<void>
  ended: Promise<void>
}

/** Keeps the tasks in the file at `path`, for this process alone: see `openQueueFile` for what may be wrong with it. */
export function createSqliteStore({ path, syncDelayMs = 0 }: { path: string; syncDelayMs?: number }): QueueStore {
  let isOpen = false
  let current: Thread | undefined

  /** A thread that died is replaced by the next request: the file holds all that counts. */
  function thread(): Thread {
    if (!isOpen) throw new AppError('SERVICE_UNAVAILABLE', 'The task queue has stopped')
    if (!current) {
      const started = startThread({ path, syncDelayMs })
      current = started
      void started.ended.then(() => {
        if (current === started) current = undefined
      })
    }
    return current
  }

  async function close(): Promise<void> {
    const ending = current
    isOpen = false
    current = undefined
    await ending?.close()
  }

  return {
    async open(time) {
      isOpen = true
      try {
        await thread().ask({ kind: 'commit', batch: [], time, isMoreComing: false })
      } catch (error) {
        await close()
        throw error
      }
    },
    // The thread answers to each request as its kind says.
    commit: async (batch, time, { isMoreComing = false } = {}) =>
      (await thread().ask({ kind: 'commit', batch, time, isMoreComing })) as Committed,
    async read<K extends QueryKind>(query: Query<K>) {
      // A query of one kind is one of the queries, which the compiler does not see through the index.
      return (await thread().ask({ kind: 'read', query: query as unknown as Query })) as Queries[K]['answer']
    },
    close
  }
}

/** It keeps the process alive only while it owes an answer or its end. */
function startThread(options: ThreadOptions): Thread {
  // Without the flags of the process: some of them are for its own first file.
  const worker = new Worker(THREAD, { workerData: options, name: 'queue', execArgv: [] })
  const asked: { resolve: (value: unknown) => void; reject: (error: AppError) => void }[] = []
  const ended = Promise.withResolvers<void>()
  const send = (request: Request) => worker.postMessage(request)
  let failure: unknown
  let isClosing = false
  worker.unref()
  worker.on('error', error => {
    failure = error
  })
  worker.on('message', (answers: readonly Answer[]) => {
    for (const answer of answers) {
      const next = asked.shift()
      if ('failure' in answer) next?.reject(errorOf(answer.failure))
      else next?.resolve(answer.value)
    }
    if (asked.length === 0 && !isClosing) worker.unref()
  })
  worker.on('exit', () => {
    const error = new AppError('STORAGE_FAILED', 'The thread of the task queue ended; ask whether it was done', {
      cause: failure
    })
    for (const { reject } of asked.splice(0)) reject(error)
    ended.resolve()
  })
  return {
    ended: ended.promise,
    close() {
      isClosing = true
      worker.ref()
      send({ kind: 'close' })
      return ended.promise
    },
    ask: request =>
      new Promise((resolve, reject) => {
        // First what may throw: a value that cannot cross is nobody else's fault.
        send(request)
        worker.ref()
        asked.push({ resolve, reject })
      })
  }
}
