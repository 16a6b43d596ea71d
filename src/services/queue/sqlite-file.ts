/** The file that the queue is kept in: made, checked and brought up to date before anything reads it. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError, hasCode, toAppError } from '../../core/errors.ts'
import { APPLICATION_ID, STEPS } from './sqlite-schema.ts'

/** Pages of the write-ahead log before they are copied into the file, which holds up everybody: more are copied at less cost, but longer. */
const CHECKPOINT_PAGES = 2000
const CACHE_KIB = 16_000
const LOG_BYTES_KEPT = 64 * 2 ** 20
const SYNCHRONOUS_FULL = 2

/**
 * Opens the file for this process alone, and makes it if there is none. DATA_DIRECTORY_BUSY if another process has it,
 * DATA_DIRECTORY_VERSION if a newer program wrote it, BAD_DATA if it is not what this program writes.
 */
export function openQueueFile(path: string, steps: readonly string[] = STEPS): DatabaseSync {
  try {
    if (!existsSync(path)) createFile(path, steps)
    if (statSync(path).size === 0) throw badData(path, 'is empty')
    const database = connect(path)
    try {
      bringUpToDate(database, path, steps)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw toStorageError(error, path)
  }
}

function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    // Exclusive before the log is first touched: then no memory is shared, and another process is refused.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA checkpoint_fullfsync = ON;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${LOG_BYTES_KEPT};
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA temp_store = MEMORY;
      BEGIN IMMEDIATE;
      COMMIT;
    `)
    if (pragma(database, 'synchronous') !== SYNCHRONOUS_FULL || pragma(database, 'journal_mode') !== 'wal') {
      throw new AppError('STORAGE_FAILED', `SQLite does not sync each commit of ${path}; a task could be lost`)
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Under another name until it is whole: a file that is found is never one that was still being made. */
function createFile(path: string, steps: readonly string[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (existsSync(`${path}-wal`)) throw badData(path, 'is missing, and the log beside it holds tasks')
  const draft = `${path}.new`
  for (const end of ['', '-wal', '-journal']) rmSync(`${draft}${end}`, { force: true })
  closeSync(openSync(draft, 'wx', 0o600))
  const database = connect(draft)
  try {
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    applySteps(database, steps, 0)
  } finally {
    database.close()
  }
  renameSync(draft, path)
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

function bringUpToDate(database: DatabaseSync, path: string, steps: readonly string[]): void {
  if (pragma(database, 'application_id') !== APPLICATION_ID) throw badData(path, 'is a database of another program')
  const version = Number(pragma(database, 'user_version'))
  if (version > steps.length) {
    throw new AppError(
      'DATA_DIRECTORY_VERSION',
      `${path} has version ${version}; this program reads ${steps.length}: use the program that wrote it, or another data directory`
    )
  }
  if (version === steps.length) return
  const backup = `${path}.version-${version}`
  rmSync(backup, { force: true })
  closeSync(openSync(backup, 'wx', 0o600))
  database.prepare('VACUUM INTO ?').run(backup)
  applySteps(database, steps, version)
}

function applySteps(database: DatabaseSync, steps: readonly string[], version: number): void {
  const all = steps.slice(version).join('\n')
  database.exec(`BEGIN IMMEDIATE; ${all} PRAGMA user_version = ${steps.length}; COMMIT`)
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0]
}

const BUSY = 5
const CORRUPT = 11
const FULL = 13
const NOT_A_DATABASE = 26
/** SQL that is wrong, a constraint, a type, a misuse: a fault of this program. */
const OUR_FAULTS = [1, 19, 20, 21, 25]

/** What SQLite or the file system throws, as it is told to callers. Errors with a code stay as they are. */
export function toStorageError(thrown: unknown, path: string): AppError {
  if (thrown instanceof AppError) return thrown
  const more = { cause: thrown }
  if (!hasErrcode(thrown)) {
    return isFileError(thrown)
      ? new AppError('STORAGE_FAILED', `The task queue's file ${path} could not be used: ${thrown.message}`, more)
      : toAppError(thrown)
  }
  // An extended code has the kind of failure in its low byte.
  const code = thrown.errcode & 0xff
  if (OUR_FAULTS.includes(code)) return toAppError(thrown)
  switch (code) {
    case BUSY:
      return new AppError(
        'DATA_DIRECTORY_BUSY',
        `Another process has the task queue at ${path}; end it, or use another data directory`,
        more
      )
    case FULL:
      return new AppError('STORAGE_FULL', 'The disk of the task queue is full; free some space and call again', more)
    case CORRUPT:
    case NOT_A_DATABASE:
      return badData(path, 'is damaged', thrown)
    default:
      return new AppError(
        'STORAGE_FAILED',
        `The disk of the task queue failed at ${path}; ask whether it was done`,
        more
      )
  }
}

function badData(path: string, what: string, cause?: unknown): AppError {
  const cure = `put back a copy of it and of ${path}-wal, or move both away to begin with an empty queue`
  return new AppError('BAD_DATA', `The task queue's file ${path} ${what}; ${cure}`, { cause })
}

function hasErrcode(thrown: unknown): thrown is { errcode: number } {
  return typeof thrown === 'object' && thrown !== null && 'errcode' in thrown && typeof thrown.errcode === 'number'
}

function isFileError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && 'syscall' in thrown && !hasCode(thrown, 'ENOSPC') && !hasCode(thrown, 'EDQUOT')
}
