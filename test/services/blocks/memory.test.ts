import { createBlocks } from '../../../src/services/blocks/index.ts'
import { blocksSuite } from '../../suites/blocks.ts'

blocksSuite('blocks in memory', async () => {
  const blocks = createBlocks()
  await blocks.start()
  return { blocks, [Symbol.asyncDispose]: () => blocks.stop() }
})
