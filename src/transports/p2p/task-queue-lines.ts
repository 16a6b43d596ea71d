/** The task queue on lines: one message a stream, its answer, and the end. */
import type { DialectHandler, StreamContext } from './peer-server.ts'
import { createTaskQueueRpc } from './task-queue-rpc.ts'

export function createLineHandler({ stream, invoke, evidence, leases, self, log }: StreamContext): DialectHandler {
  const leaving = new AbortController()
  const rpc = createTaskQueueRpc({ invoke, evidence, self, caller: stream.peerId, leases })
  let answering: Promise<void> | undefined
  let isAnswered = false

  function end(answer: Record<string, unknown>): void {
    isAnswered = true
    stream.send(JSON.stringify(answer))
    stream.close()
  }

  return {
    get inFlight() {
      return answering && !isAnswered ? 1 : 0
    },
    receive(message) {
      answering ??= rpc(message, leaving.signal).then(end, error => {
        log.warn('an operation of a peer could not be answered', { peer_id: stream.peerId, error })
        end({ ok: false, error: 'internal_error', peer_id: self })
      })
    },
    async close() {
      leaving.abort()
      await answering
    }
  }
}
