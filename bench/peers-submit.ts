/** Tasks for the benches of remote workers, submitted on the node that has the queue. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenPeer } from './peers-open.ts'

const CALLERS = 256
export const TASK_TYPE = 'tool.call'

const submit = ({ call }: OpenPeer, dueMs: number) =>
  call('task_submit', { task_type: TASK_TYPE, payload: { tool: 'list_datasets', args: {}, due_ms: dueMs } })

/** Milliseconds of the machine's own clock, which reads alike in every process. */
export const machineMs = (): number => Number(process.hrtime.bigint()) / 1e6

export async function submitMany(peer: OpenPeer, count: number): Promise<void> {
  let submitted = 0
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (submitted++ < count) await submit(peer, 0)
    })
  )
}

/** Open loop: each task tells when it was due. */
export async function submitAtRate(peer: OpenPeer, perSecond: number, ms: number): Promise<void> {
  const startedAt = machineMs()
  const submitting: Promise<unknown>[] = []
  for (let count = 0; machineMs() - startedAt < ms; await sleep(1)) {
    for (; (count * 1000) / perSecond < machineMs() - startedAt; count++) {
      submitting.push(submit(peer, startedAt + (count * 1000) / perSecond))
    }
  }
  await Promise.all(submitting)
}
