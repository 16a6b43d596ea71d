/**
 * How many requests of clients are under way, and the ends that they share: a client that closes the connection before the answer has
 * cancelled the call, and a stop waits for what runs before it aborts it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../core/errors.ts'
import type { Refusal } from './http-access.ts'
import { createBodyReader, isJson } from './http-body.ts'

/** How many of the largest bodies may be on their way at once; of small ones there may be many more. */
const BODIES_ON_THEIR_WAY = 16

export interface Admission {
  /** The whole body of a JSON request, admitted; a refusal; or `gone` if the client left before its end. */
  receive(http: IncomingMessage, response: ServerResponse): Promise<Received | Refusal | 'gone'>
  /** A request without a body: its controller, given back when the response is over, whichever side ended it. */
  admit(response: ServerResponse): AbortController | Refusal
  /** Streams of news run as long as their clients like, so they count apart and end when the server does. */
  listenOn(controller: AbortController): Refusal | undefined
  /** Refuses what comes from now on and resolves when every request under way was answered. */
  drain(): Promise<void>
  /** Aborts the calls under way; they are still answered. */
  abort(reason: unknown): void
}

export interface Received {
  body: Buffer
  controller: AbortController
}

export const STOPPING = new AppError('CANCELLED', 'The server is stopping')

export function createAdmission(maxBodyBytes: number, maxConcurrent: number): Admission {
  const bodies = createBodyReader({ maxBytes: maxBodyBytes, maxTotalBytes: BODIES_ON_THEIR_WAY * maxBodyBytes })
  const running = new Set<AbortController>()
  const listening = new Set<AbortController>()
  let drained: PromiseWithResolvers<void> | undefined

  function admit(response: ServerResponse): AbortController | Refusal {
    if (drained) return { ...busy(maxConcurrent), message: STOPPING.message }
    if (running.size >= maxConcurrent) return busy(maxConcurrent)
    const controller = new AbortController()
    running.add(controller)
    response.on('close', () => {
      running.delete(controller)
      listening.delete(controller)
      if (!response.writableFinished) controller.abort(new AppError('CANCELLED', 'The client closed the connection'))
      if (running.size === 0) drained?.resolve()
    })
    return controller
  }

  return {
    admit,

    async receive(http, response) {
      if (!isJson(http)) return { status: 415, error: 'UNSUPPORTED', message: 'Send plain application/json' }
      const body = await bodies.read(http)
      if (body === 'gone' || response.closed) return 'gone'
      if (body === 'too-large') {
        return { status: 413, error: 'TOO_LARGE', message: `A message may have at most ${maxBodyBytes} bytes` }
      }
      if (body === 'no-room') return busy(maxConcurrent)
      // Admitted only now: who has not sent a whole message keeps nobody else from being served.
      const controller = admit(response)
      return 'status' in controller ? controller : { body, controller }
    },

    listenOn(controller) {
      if (listening.size >= maxConcurrent) return busy(maxConcurrent)
      running.delete(controller)
      listening.add(controller)
      if (drained) controller.abort(STOPPING)
      if (running.size === 0) drained?.resolve()
      return undefined
    },

    drain() {
      drained ??= Promise.withResolvers()
      for (const controller of listening) controller.abort(STOPPING)
      if (running.size === 0) drained.resolve()
      return drained.promise
    },

    abort(reason) {
      for (const controller of running) controller.abort(reason)
    }
  }
}

function busy(maxConcurrent: number): Refusal {
  const message = `${maxConcurrent} requests are under way; send it again later`
  return { status: 503, error: 'BUSY', message, headers: { 'retry-after': '1' } }
}
