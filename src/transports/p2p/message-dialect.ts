/** Envelopes with a `type` and no `jsonrpc`, as some nodes in Python send them: each request names a tool as its method. */
import type { P2PMessage } from '../../protocol/wire/dialect.ts'
import { isObject } from '../json-rpc.ts'
import type { DialectHandler, StreamContext } from './peer-server.ts'

export function createMessageDialect(context: StreamContext): DialectHandler {
  const { stream, invoke, evidence, replay, self, clock, log } = context
  const leaving = new AbortController()
  const running = new Set<Promise<void>>()
  let inFlight = 0

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
    if (!leaving.signal.aborted) stream.send(JSON.stringify(message))
  }

  async function run(message: P2PMessage, method: string): Promise<void> {
    const args = message.params ?? {}
    inFlight++
    const call = invoke({ tool: method, args, evidence, signal: leaving.signal })
    const { envelope, failure } = await call.finally(() => inFlight--)
    answer(message, failure ? null : envelope, failure ? failure.code : null)
  }

  return {
    get inFlight() {
      return inFlight
    },
    receive(value) {
      // Every member is checked below before it is used.
      const message = value as unknown as P2PMessage
      if (message.type !== 'request') return
      const { method, params, id, timestamp } = message
      if (typeof method !== 'string' || (params !== undefined && !isObject(params))) {
        return answer(message, null, 'invalid_message')
      }
      // Clients count from one again when they start again; the same id at another time is another request.
      if (typeof id === 'string' && !replay().admit(`${id} ${String(timestamp)}`, clock.now())) {
        return answer(message, null, 'replayed')
      }
      const settled = run(message, method).catch(error => {
        log.warn('a message of a peer could not be answered', { peer_id: stream.peerId, error })
        answer(message, null, 'internal')
      })
      running.add(settled)
      void settled.then(() => running.delete(settled))
    },
    async close() {
      leaving.abort()
      await Promise.all(running)
    }
  }
}
