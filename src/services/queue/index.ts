/** The task queue, in memory or in a file. */
import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import type { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import type { Trace } from '../../core/tracer.ts'
import type { Blocks } from '../blocks/api.ts'
import type { Queue } from './api.ts'
import { createBodies } from './bodies.ts'
import { createMemoryStore } from './memory.ts'
import { createQueueOver } from './queue.ts'
import { createSqliteStore } from './sqlite.ts'

const DAY_MS = 86_400_000
const FILE = 'queue.db'

export interface CreateQueueOptions {
  /** Where its file is; in memory if absent. */
  directory?: string
  blocks: Blocks
  clock: Clock
  random: Random
  log: Log
  keepFinishedDays: number
  keepFinished: number
  refuseType: (type: string) => AppError | undefined
  trace?: (() => Trace | undefined) | undefined
}

export function createQueue({ directory, blocks, keepFinishedDays, ...parts }: CreateQueueOptions): Queue {
  return createQueueOver({
    ...parts,
    store: directory === undefined ? createMemoryStore() : createSqliteStore({ path: join(directory, FILE) }),
    bodies: createBodies(blocks, parts.clock),
    keepFinishedMs: keepFinishedDays * DAY_MS
  })
}
