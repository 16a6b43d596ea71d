/** One process that decodes, seen from the node. */
import type { StartChild } from '../../core/child.ts'
import { AppError } from '../../core/errors.ts'
import { errorOf, type FromDecoder, type ToDecoder } from './decoder-port.ts'

export interface DecoderChild {
  /** One question at a time. An aborted signal ends the process. */
  ask(message: ToDecoder, signal: AbortSignal): Promise<Exclude<FromDecoder, { kind: 'failure' }>>
  readonly hasEnded: boolean
  end(): Promise<void>
}

export function startDecoder(start: StartChild, module: URL, memoryMb: number): DecoderChild {
  const child = start(module, memoryMb)
  let settle: { resolve: (answer: FromDecoder) => void; reject: (error: unknown) => void } | undefined
  let failure: unknown
  let hasEnded = false
  child.onMessage((answer: FromDecoder) => settle?.resolve(answer))
  child.onEnd(({ cause, words }) => {
    hasEnded = true
    if (cause === 'memory') {
      failure ??= new AppError('TOO_LARGE', `The file needs more than ${memoryMb} MB of memory to be read`)
    } else if (cause === 'ended') failure ??= new AppError('CANCELLED', 'The server is stopping')
    else failure ??= new Error('The process of the decoder ended by itself', { cause: words })
    settle?.reject(failure)
  })

  return {
    get hasEnded() {
      return hasEnded
    },
    end: () => child.end(),
    async ask(message, signal) {
      signal.throwIfAborted()
      if (hasEnded) throw failure
      const onAbort = () => {
        failure = signal.reason
        void child.end()
      }
      signal.addEventListener('abort', onAbort, { once: true })
      child.hold(true)
      try {
        const answer = await new Promise<FromDecoder>((resolve, reject) => {
          settle = { resolve, reject }
          child.post(message)
        })
        if (answer.kind === 'failure') throw errorOf(answer)
        return answer
      } finally {
        settle = undefined
        child.hold(false)
        signal.removeEventListener('abort', onAbort)
      }
    }
  }
}
