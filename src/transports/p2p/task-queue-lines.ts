/** The task queue on lines: one message a stream, its answer, and the end. */
import type { StreamContext } from './peer-server.ts'
import { createTaskQueueRpc } from './task-queue-rpc.ts'

export async function answerLine(
  { stream, invoke, evidence, quota, self, limits }: StreamContext,
  message: Record<string, unknown>
): Promise<void> {
  const leaving = new AbortController()
  stream.onClose(() => leaving.abort())
  if (!quota().begin()) return end({ ok: false, error: 'rate_limited' })
  try {
    const rpc = createTaskQueueRpc({ invoke, evidence, self, caller: stream.peerId, leases: () => quota().leases })
    end(await rpc(message, leaving.signal))
  } finally {
    quota().end()
  }

  function end(answer: Record<string, unknown>): void {
    const text = JSON.stringify({ ...answer, peer_id: self })
    const isTooLarge = Buffer.byteLength(text) > limits.maxFrameBytes
    stream.send(isTooLarge ? JSON.stringify({ ok: false, error: 'frame_too_large', peer_id: self }) : text)
    stream.close()
  }
}
