/** The other end of `child.ts`: says where the server listens, tells its usage when asked, and ends with its parent. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Sockets that were just closed are freed over a few turns of the loop. */
const SETTLE_MS = 300

export function reportToParent(port: number): void {
  process.on('message', question => {
    void (question === 'settle' ? settle() : Promise.resolve()).then(sendUsage)
  })
  process.once('disconnect', () => process.exit())
  process.send?.({ port })
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await sleep(SETTLE_MS)
    globalThis.gc?.()
  }
}

function sendUsage(): void {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  process.send?.({ cpuUs: user + system, rssBytes: rss, heapUsedBytes: heapUsed })
}
