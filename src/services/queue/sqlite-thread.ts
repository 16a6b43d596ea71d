/**
 * The thread that owns the queue's file: it alone reads and writes it, so that a slow disk stalls nobody else. Each batch is one
 * transaction, and its answer leaves after the sync.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { beginAnew } from './logic/begin-anew.ts'
import { execute } from './logic/execute.ts'
import { answer } from './logic/read.ts'
import { openQueueFile, toStorageError } from './sqlite-file.ts'
import { type Answer, failureOf, type Request, type ThreadOptions } from './sqlite-port.ts'
import { createSqliteTables, type SqliteTables } from './sqlite-tables.ts'
import type { Committed, Operation, Time } from './store.ts'

interface Opening {
  database: DatabaseSync
  tables: SqliteTables
  begin: StatementSync
  commit: StatementSync
  hasEpoch: boolean
}

// The other end is `sqlite.ts`, which starts this thread with these options and sends nothing else.
const { path, syncDelayMs } = workerData as ThreadOptions
let current: Opening | undefined

parentPort?.on('message', (request: Request) => {
  if (request.kind === 'close') {
    close()
    parentPort?.close()
  } else parentPort?.postMessage(answerTo(request))
})

function answerTo(request: Exclude<Request, { kind: 'close' }>): Answer {
  try {
    if (request.kind === 'commit') return { value: commit(request.batch, request.time) }
    return { value: answer(opening().tables, request.query) }
  } catch (error) {
    // What a failed transaction did is unknown until the file is read anew: whoever comes next opens it again.
    close()
    return failureOf(toStorageError(error, path))
  }
}

function opening(): Opening {
  if (current) return current
  const database = openQueueFile(path)
  try {
    current = {
      database,
      tables: createSqliteTables(database),
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      hasEpoch: false
    }
    return current
  } catch (error) {
    database.close()
    throw error
  }
}

/** The epoch of an opening is written with its first batch: nobody sees a token before its epoch is durable. */
function commit(batch: readonly Operation[], time: Time): Committed {
  const open = opening()
  const { tables } = open
  open.begin.run()
  if (!open.hasEpoch) {
    tables.beginEpoch(time.now)
    beginAnew(tables, time)
  }
  const committed = execute(tables, batch, time)
  tables.flush()
  if (syncDelayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, syncDelayMs)
  open.commit.run()
  open.hasEpoch = true
  return committed
}

function close(): void {
  current?.database.close()
  current = undefined
}
