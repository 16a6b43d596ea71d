/** A node whose call is busy for ever; it tells the id of the process that the call runs in. */
import { startChild } from '../../src/child.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createChildPool } from '../../src/runtime/lanes/child-pool.ts'
import { createFixtureNode } from '../helpers/fixture-node.ts'
import { childTools } from './child-tools.ts'

const module = new URL('./fixture-child.ts', import.meta.url)
const children = createChildPool({ start: startChild, module, memoryMb: 64, clock: systemClock })
const node = createFixtureNode({
  categories: [childTools],
  lanes: { worker: { concurrency: 1, queue: 0, children } }
})
const progress = (pid: number) => void process.send?.(pid)
await node.dispatcher.invoke({ tool: 'spin', args: {}, evidence: { kind: 'process' }, progress })
