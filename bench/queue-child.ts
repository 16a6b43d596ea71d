/** A process with a queue, for `queue-million.ts`: fills it, or serves what is there, and says so to its parent. */
import { fill, finishAndClaim, openQueue, submitOne, submitter } from './queue-open.ts'

const [mode, directory = '', count = '0'] = process.argv.slice(2)
const tell = (message: object) => process.send?.(message)
process.once('disconnect', () => process.exit())

const { queue } = await openQueue(directory)
if (mode === 'fill') await fill(queue, Number(count))
const { queued } = await queue.stats()
const leases = await queue.claim({ workerId: 'w1', principal: submitter })
tell({ queued, claimed: leases.length })
// A load like any other, so that the memory is that of a queue at work.
let held = leases
for (let round = 0; round < 2000; round++) {
  held = await finishAndClaim(queue, 'w1', held, 1)
  await submitOne(queue)
}
tell({ rssBytes: process.memoryUsage.rss() })
