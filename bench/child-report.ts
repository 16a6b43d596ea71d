/** The other end of `child.ts`: says where the server listens, answers what it is asked, and ends with its parent. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Sockets that were just closed are freed over a few turns of the loop. */
const SETTLE_MS = 300

/** What a process answers beside its usage, by the question; the rest of the question comes along. */
export type Answers = Record<string, (...args: string[]) => unknown>

export function reportToParent(port: number, answers: Answers = {}): void {
  const all: Answers = { usage: usageNow, settle: settledUsage, ...answers }
  process.on('message', (question: string) => {
    const [name = '', ...args] = question.split(' ')
    void Promise.resolve(all[name]?.(...args)).then(answer => process.send?.(answer ?? {}))
  })
  process.once('disconnect', () => process.exit())
  process.send?.({ port })
}

async function settledUsage(): Promise<object> {
  for (let turn = 0; turn < 3; turn++) {
    await sleep(SETTLE_MS)
    globalThis.gc?.()
  }
  return usageNow()
}

function usageNow(): object {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpuUs: user + system, rssBytes: rss, heapUsedBytes: heapUsed }
}
