/**
 * The thread that owns the queue's file: it alone reads and writes it, so that a slow disk stalls nobody else. A batch, with those
 * that it is to wait for, is one transaction, and the answers leave after the sync.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { beginAnew } from './logic/begin-anew.ts'
import { execute } from './logic/execute.ts'
import { answer } from './logic/read.ts'
import { openQueueFile, toStorageError } from './sqlite-file.ts'
import { type Answer, type BatchRequest, failureOf, type Request, type ThreadOptions } from './sqlite-port.ts'
import { createSqliteTables, type SqliteTables } from './sqlite-tables.ts'
import type { Committed, Query, Time } from './store.ts'

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
/** What the transaction that is open has done so far, batch by batch. */
let done: Committed[] = []

parentPort?.on('message', (request: Request) => {
  if (request.kind === 'commit') {
    carryOut(request)
    return
  }
  // Whatever else comes meanwhile finds what is durable, and nothing else.
  if (done.length > 0) commit()
  if (request.kind === 'read') read(request.query)
  else {
    close()
    parentPort?.close()
  }
})

const send = (answers: readonly Answer[]) => parentPort?.postMessage(answers)

function read(query: Query): void {
  try {
    send([{ value: answer(opening().tables, query) }])
  } catch (error) {
    fail(error, 1)
  }
}

function carryOut({ batch, time, isMoreComing }: BatchRequest): void {
  try {
    const { tables } = done.length > 0 ? opening() : begin(time)
    done.push(execute(tables, batch, time))
    if (!isMoreComing) commit()
  } catch (error) {
    fail(error, done.length + 1)
  }
}

/** The epoch of an opening is written with its first batch: nobody sees a token before its epoch is durable. */
function begin(time: Time): Opening {
  const open = opening()
  open.begin.run()
  if (!open.hasEpoch) {
    open.tables.beginEpoch(time.now)
    beginAnew(open.tables, time)
  }
  return open
}

/** Ends the transaction that is open. Answers all of it, whatever comes of it. */
function commit(): void {
  try {
    const open = opening()
    open.tables.flush()
    if (syncDelayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, syncDelayMs)
    open.commit.run()
    open.hasEpoch = true
    send(done.map(value => ({ value })))
    done = []
  } catch (error) {
    fail(error, done.length)
  }
}

/** What a failed transaction did is unknown until the file is read anew: whoever comes next opens it again. */
function fail(error: unknown, requests: number): void {
  done = []
  close()
  send(new Array<Answer>(requests).fill(failureOf(toStorageError(error, path))))
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

function close(): void {
  current?.database.close()
  current = undefined
}
