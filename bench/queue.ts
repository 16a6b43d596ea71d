/** The durable task queue, at its interface. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import type { Figure } from './figures.ts'
import { queueCycle } from './queue-cycle.ts'
import { queueDispatch } from './queue-dispatch.ts'
import { queueMillion } from './queue-million.ts'
import { queueOperations } from './queue-operations.ts'
import { queueRivals } from './queue-rivals.ts'
import { queueSlowDisk } from './queue-slow-disk.ts'
import { queueSubmit } from './queue-submit.ts'

const PARTS: Record<string, Bench> = {
  submit: queueSubmit,
  dispatch: queueDispatch,
  cycle: queueCycle,
  'slow disk': queueSlowDisk,
  operations: queueOperations,
  million: queueMillion,
  rivals: queueRivals
}

export const queue: Bench = async ({ scratch, say }) => {
  const figures: Figure[] = []
  for (const [name, part] of Object.entries(PARTS)) {
    // What one part started must not run beside the next.
    await using own = new AsyncDisposableStack()
    const place = join(scratch, name.replace(' ', '-'))
    await mkdir(place)
    figures.push(...(await part({ scratch: place, own, say })))
  }
  return figures
}
