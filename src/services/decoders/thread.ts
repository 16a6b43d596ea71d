/** One thread that decodes, seen from the main loop. */
import { Worker } from 'node:worker_threads'
import { AppError, hasCode } from '../../core/errors.ts'
import { errorOf, type FromDecoder, type ToDecoder } from './decoder-port.ts'

/** Beside this module, as a source or as an entry of the bundle. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? 'decoder-thread.ts' : 'decoder-thread.js', import.meta.url)

export interface DecoderThread {
  /** One question at a time. An aborted signal ends the thread. */
  ask(message: ToDecoder, signal: AbortSignal): Promise<Exclude<FromDecoder, { kind: 'failure' }>>
  readonly hasEnded: boolean
  end(): Promise<void>
}

export function startDecoderThread(memoryMb: number): DecoderThread {
  const worker = new Worker(THREAD, {
    name: 'decoder',
    // What a library prints must not reach the streams of the process: one of them may be a protocol.
    stdout: true,
    stderr: true,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memoryMb }
  })
  let settle: { resolve: (answer: FromDecoder) => void; reject: (error: unknown) => void } | undefined
  let failure: unknown
  let hasEnded = false
  worker.stdout.resume()
  worker.stderr.resume()
  worker.unref()
  worker.on('message', (answer: FromDecoder) => settle?.resolve(answer))
  worker.on('messageerror', error => settle?.reject(error))
  worker.on('error', error => {
    failure = hasCode(error, 'ERR_WORKER_OUT_OF_MEMORY')
      ? new AppError('TOO_LARGE', `The file needs more than ${memoryMb} MB of memory to be read`)
      : error
  })
  worker.on('exit', () => {
    hasEnded = true
    settle?.reject(failure ?? new AppError('CANCELLED', 'The server is stopping'))
  })

  return {
    get hasEnded() {
      return hasEnded
    },
    async end() {
      await worker.terminate()
    },
    async ask(message, signal) {
      signal.throwIfAborted()
      if (hasEnded) throw failure ?? new AppError('CANCELLED', 'The thread of the decoder was ended')
      const onAbort = () => {
        failure = signal.reason
        void worker.terminate()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      worker.ref()
      try {
        const answer = await new Promise<FromDecoder>((resolve, reject) => {
          settle = { resolve, reject }
          worker.postMessage(message)
        })
        if (answer.kind === 'failure') throw errorOf(answer)
        return answer
      } finally {
        settle = undefined
        worker.unref()
        signal.removeEventListener('abort', onAbort)
      }
    }
  }
}
