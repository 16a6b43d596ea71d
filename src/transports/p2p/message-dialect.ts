/** Envelopes with a `type` and no `jsonrpc`, as some nodes in Python send them: each request names a tool as its method. */
import type { P2PMessage, ReplayWindow } from '../../protocol/wire/dialect.ts'
import type { DialectHandler, StreamContext } from './peer-server.ts'

export function createMessageDialect(
  { stream, invoke, self, clock, log }: StreamContext,
  replay: ReplayWindow
): DialectHandler {
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
    const evidence = { kind: 'peer', peerId: stream.peerId } as const
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
      if (typeof message.method !== 'string') return answer(message, null, 'invalid_message')
      if (typeof message.id === 'string' && !replay.admit(message.id, clock.now())) {
        return answer(message, null, 'replayed')
      }
      const settled = run(message, message.method).catch(error => {
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
