/** The thread that owns the file of the index: a slow disk stalls nobody else. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Answer, answerOf, type Request, storageError } from './index-port.ts'
import { openIndex } from './sqlite-index.ts'

// The other end is `index-threads.ts`, which gives the path and sends nothing else.
const path = workerData as string
let index: ReturnType<typeof openIndex> | undefined

parentPort?.on('message', (request: Request) => {
  if (request !== 'close') {
    parentPort?.postMessage(answer(request))
    return
  }
  index?.close()
  parentPort?.close()
})

function answer({ method, args }: Exclude<Request, 'close'>): Answer {
  try {
    index ??= openIndex(path)
    // The caller's types pair each method with its arguments, which the port does not keep.
    const call = index[method] as (...given: unknown[]) => unknown
    return { value: call(...args) }
  } catch (error) {
    return answerOf(storageError(error, path))
  }
}
