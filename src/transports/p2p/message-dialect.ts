/** Envelopes with a `type` and no `jsonrpc`, as some nodes in Python send them: each request names a tool as its method. */
import type { P2PMessage } from '../../protocol/wire/dialect.ts'
import { isObject } from '../json-rpc.ts'
import type { DialectHandler, StreamContext } from './peer-server.ts'

export function createMessageDialect({
  stream,
  invoke,
  evidence,
  quota,
  self,
  limits,
  clock
}: StreamContext): DialectHandler {
  const leaving = new AbortController()
  const running = new Set<Promise<void>>()

  function answer(to: P2PMessage, result: unknown, error: string | null): void {
    const message: P2PMessage = {
      type: 'response',
      ...(to.method !== undefined && { method: to.method }),
      ...(to.id !== undefined && { id: to.id }),
      result,
      error,
      sender: self,
      timestamp: clock.now() / 1000
    }
    if (leaving.signal.aborted) return
    const text = JSON.stringify(message)
    if (Buffer.byteLength(text) <= limits.maxFrameBytes) stream.send(text)
    else answer(to, null, 'TOO_LARGE')
  }

  async function run(message: P2PMessage, method: string): Promise<void> {
    const args = message.params ?? {}
    const { envelope, failure } = await invoke({ tool: method, args, evidence, signal: leaving.signal })
    answer(message, failure ? null : envelope, failure ? failure.code : null)
  }

  function problemOf({ method, id, params, timestamp }: P2PMessage): string | undefined {
    if (typeof method !== 'string' || (params !== undefined && !isObject(params))) return 'invalid_message'
    // Clients count from one again when they start again; the same id at another time is another request.
    const isSeen = typeof id === 'string' && !quota().replay.admit(`${id} ${timestamp}`, clock.now())
    return isSeen ? 'replayed' : undefined
  }

  return {
    receive(value) {
      // Every member is checked below before it is used.
      const message = value as unknown as P2PMessage
      if (message.type !== 'request') return undefined
      const problem = problemOf(message)
      if (problem !== undefined || message.method === undefined) {
        answer(message, null, problem ?? 'invalid_message')
        return undefined
      }
      const settled = run(message, message.method)
      running.add(settled)
      void settled.then(() => running.delete(settled))
      return settled
    },
    refuse(value) {
      // As above.
      answer(value as unknown as P2PMessage, null, 'rate_limited')
    },
    async close() {
      leaving.abort()
      await Promise.all(running)
    }
  }
}
