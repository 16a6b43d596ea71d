/** The durable task queue, at its interface. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import type { Figure } from './figures.ts'
import { queueCycle } from './queue-cycle.ts'
import { queueMillion } from './queue-million.ts'
import { queueOperations } from './queue-operations.ts'
import { queueSlowDisk } from './queue-slow-disk.ts'
import { queueSubmit } from './queue-submit.ts'

const PARTS: Record<string, Bench> = {
  submit: queueSubmit,
  cycle: queueCycle,
  'slow disk': queueSlowDisk,
  operations: queueOperations,
  million: queueMillion
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
