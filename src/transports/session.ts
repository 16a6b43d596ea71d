/**
 * What the era of `initialize` remembers of one client, on whatever wire: what it can do, how talkative the server may be, which
 * resources it watches, and the questions that it has not answered yet.
 */
import { type Question, TELL_LEVELS, type TellLevel } from '../core/client.ts'
import { AppError } from '../core/errors.ts'
import { isObject, type Params, type RequestId } from './json-rpc.ts'

/** A client that subscribes without end must not fill the memory. */
const MAX_SUBSCRIPTIONS = 1_000

export interface Session {
  /** Undefined until `initialize` went well. */
  readonly version: string | undefined
  readonly inFlight: Map<RequestId, AbortController>
  open(version: string, params: Params | undefined): void
  can(capability: string): boolean
  setLevel(level: TellLevel): void
  hears(level: TellLevel): boolean
  /** Whether there is room for one more. */
  watch(uri: string): boolean
  unwatch(uri: string): void
  watches(uri: string): boolean
  /** Sends what belongs to no request. */
  push(text: string): void
  /** Asks on the stream of a request and waits for the client's result. */
  ask(question: Question, send: (text: string) => void, signal: AbortSignal | undefined): Promise<unknown>
  /** Takes the client's response to a question. Others are ignored. */
  settle(id: unknown, result: unknown, error: unknown): void
  onClose(cleanup: () => void): void
  /** Aborts what runs, gives up what was asked. */
  close(reason: AppError): void
}

export function createSession(push: (text: string) => void): Session {
  const inFlight = new Map<RequestId, AbortController>()
  const asked = new Map<string, PromiseWithResolvers<unknown>>()
  const watched = new Set<string>()
  const cleanups: (() => void)[] = []
  let capabilities: Params = {}
  let version: string | undefined
  let threshold = 0
  let askedSoFar = 0

  return {
    inFlight,
    push,
    get version() {
      return version
    },
    open(agreed, params) {
      version = agreed
      capabilities = isObject(params?.capabilities) ? params.capabilities : {}
    },
    can: capability => isObject(capabilities[capability]),
    setLevel(level) {
      threshold = TELL_LEVELS.indexOf(level)
    },
    hears: level => TELL_LEVELS.indexOf(level) >= threshold,
    watch(uri) {
      if (watched.size >= MAX_SUBSCRIPTIONS && !watched.has(uri)) return false
      watched.add(uri)
      return true
    },
    unwatch(uri) {
      watched.delete(uri)
    },
    watches: uri => watched.has(uri),

    async ask({ method, params = {} }, send, signal) {
      signal?.throwIfAborted()
      const id = `ask-${++askedSoFar}`
      const answer = Promise.withResolvers<unknown>()
      const giveUp = () => {
        const gone = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id } }
        send(JSON.stringify(gone))
        answer.reject(signal?.reason)
      }
      asked.set(id, answer)
      signal?.addEventListener('abort', giveUp, { once: true })
      try {
        send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
        return await answer.promise
      } finally {
        asked.delete(id)
        signal?.removeEventListener('abort', giveUp)
      }
    },
    settle(id, result, error) {
      const answer = typeof id === 'string' ? asked.get(id) : undefined
      if (error === undefined) return answer?.resolve(result)
      const words =
        isObject(error) && typeof error.message === 'string' ? error.message.slice(0, 500) : 'no reason given'
      answer?.reject(new AppError('INPUT_REQUIRED', `The client did not answer: ${words}`))
    },
    onClose(cleanup) {
      cleanups.push(cleanup)
    },
    close(reason) {
      for (const cleanup of cleanups.splice(0)) cleanup()
      for (const controller of inFlight.values()) controller.abort(reason)
      for (const answer of asked.values()) answer.reject(reason)
    }
  }
}
