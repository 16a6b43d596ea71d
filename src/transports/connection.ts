/**
 * One client on a wire of its own: many requests in flight, told apart by id; each can be cancelled. A cancelled request is not
 * answered, and a request whose id is still in flight is refused.
 */
import { AppError } from '../core/errors.ts'
import type { Evidence } from '../core/principal.ts'
import { answerBatch } from './batch.ts'
import { BATCH_VERSION } from './eras.ts'
import { faultText, INVALID_REQUEST, parseJson, type Request, readMessage } from './json-rpc.ts'
import type { McpServer } from './mcp-server.ts'
import { createSession } from './session.ts'

export interface ConnectionOptions {
  mcp: McpServer
  evidence: Evidence
  /** Sends one message. Must not throw. */
  send: (text: string) => void
}

export interface Connection {
  /** Requests under way. */
  readonly inFlight: number
  /** Takes the bytes of one message; its answer goes to `send`, now or later. */
  receive(bytes: Uint8Array): void
  /** The same for a message that was parsed before. */
  accept(value: unknown): void
  /** Aborts what runs and resolves when it has settled. Nothing is sent after the call. */
  close(): Promise<void>
}

export function createConnection({ mcp, evidence, send }: ConnectionOptions): Connection {
  const session = createSession(emit)
  const { inFlight } = session
  const settling = new Set<Promise<void>>()
  let isClosed = false

  function emit(text: string | undefined): void {
    if (text !== undefined && !isClosed) send(text)
  }

  async function answerRequest(request: Request): Promise<string | undefined> {
    const { id } = request
    // The id would make the client take this refusal for the answer to its first request, so it is not echoed.
    if (inFlight.has(id)) return refusal(`The id ${JSON.stringify(id)} belongs to a request that is still in flight`)
    const controller = new AbortController()
    const { signal } = controller
    inFlight.set(id, controller)
    const notify = (text: string) => {
      if (!signal.aborted) emit(text)
    }
    const answer = await mcp.answer(request, { evidence, signal, notify, session })
    inFlight.delete(id)
    if (signal.aborted) return undefined
    return answer.text
  }

  async function answerOne(value: unknown): Promise<string | undefined> {
    const message = readMessage(value)
    switch (message.kind) {
      case 'request':
        return answerRequest(message)
      case 'notification':
        if (message.method === 'notifications/cancelled') cancel(message.params?.requestId)
        return undefined
      case 'response':
        session.settle(message.id, message.result, message.error)
        return undefined
      case 'invalid':
        return faultText(message.id, { code: INVALID_REQUEST, message: message.problem })
    }
  }

  async function answerAll(values: readonly unknown[]): Promise<string | undefined> {
    const batch = await answerBatch(values, session.version === BATCH_VERSION, answerOne)
    return 'fault' in batch ? faultText(null, batch.fault) : batch.text
  }

  function cancel(id: unknown): void {
    if (typeof id !== 'string' && typeof id !== 'number') return
    inFlight.get(id)?.abort(new AppError('CANCELLED', 'The client cancelled the call'))
  }

  function accept(value: unknown): void {
    const settled = (Array.isArray(value) ? answerAll(value) : answerOne(value)).then(emit)
    settling.add(settled)
    void settled.then(() => settling.delete(settled))
  }

  return {
    get inFlight() {
      return inFlight.size
    },
    receive(bytes) {
      const parsed = parseJson(bytes)
      if ('fault' in parsed) emit(faultText(null, parsed.fault))
      else accept(parsed.value)
    },
    accept,
    async close() {
      isClosed = true
      session.close(new AppError('CANCELLED', 'The connection was closed'))
      await Promise.all(settling)
    }
  }
}

function refusal(message: string): string {
  return faultText(null, { code: INVALID_REQUEST, message })
}
