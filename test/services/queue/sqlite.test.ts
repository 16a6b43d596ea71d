import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../../src/core/log.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { createQueue } from '../../../src/services/queue/index.ts'
import { createManualClock } from '../../helpers/manual-clock.ts'
import { queueSuite } from '../../suites/queue.ts'

queueSuite('a queue in SQLite', async ({ keepFinished = 1000, keepFinishedDays = 7 } = {}) => {
  const clock = createManualClock()
  const blocks = createBlocks()
  await blocks.start()
  const directory = await mkdtemp(join(tmpdir(), 'queue-'))
  const queue = createQueue({
    directory,
    blocks,
    clock,
    random: systemRandom,
    log: silentLog,
    keepFinishedDays,
    keepFinished,
    refuseType: () => undefined
  })
  await queue.start()
  const stop = async () => {
    await queue.stop()
    await blocks.stop()
    await rm(directory, { recursive: true })
  }
  const pins = async () => (await blocks.listPins()).pins.map(({ cid }) => cid.toString())
  return { queue, clock, pins, [Symbol.asyncDispose]: stop }
})
