/** Task rows in and out of SQLite. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { CHANGING, COLUMNS, FIELDS, INITIAL } from './sqlite-schema.ts'
import type { TaskRow } from './store.ts'

/** Of the shape that every row has, so that a row is a copy of it, filled: such objects are read, copied and sent fastest. */
const SHAPE: TaskRow = {
  seq: 0,
  taskId: '',
  type: '',
  model: '',
  status: 'queued',
  priority: 0,
  poolId: 0,
  isReady: 0,
  spec: '',
  payloadJson: null,
  payloadCid: null,
  identity: null,
  workflowId: null,
  attempt: 0,
  releases: 0,
  claimsBefore: 0,
  createdAt: 0,
  updatedAt: 0,
  notBefore: null,
  deadlineAt: null,
  startedAt: null,
  finishedAt: null,
  finishedSeq: null,
  workerId: null,
  leaseToken: null,
  leaseMs: null,
  leaseUntil: null,
  attemptUntil: null,
  heartbeatAt: null,
  settledToken: null,
  cancelRequestedAt: null,
  cancelReason: null,
  progressJson: null,
  logsJson: null,
  resultJson: null,
  resultCid: null,
  errorJson: null,
  isDeadLetter: 0
}

const LARGE: readonly string[] = ['payloadJson', 'logsJson', 'resultJson'] satisfies (keyof TaskRow)[]

/** Every column, in the order of FIELDS. */
export const ALL_COLUMNS = FIELDS.map(field => COLUMNS[field]).join(', ')

/** The same without what may be large, which is read as NULL. */
export const OUTLINE_COLUMNS = FIELDS.map(field => (LARGE.includes(field) ? 'NULL' : COLUMNS[field])).join(', ')

/** Answers the rows that a SELECT of such columns finds. */
export function selectRows(
  database: DatabaseSync,
  rest: string,
  columns = ALL_COLUMNS
): (...params: SQLInputValue[]) => TaskRow[] {
  const statement = database.prepare(`SELECT ${columns} FROM tasks ${rest}`)
  statement.setReturnArrays(true)
  // With arrays asked for, a row is the values of its columns, which the declared type does not know.
  return (...params) => (statement.all(...params) as unknown as unknown[][]).map(rowOf)
}

/** Answers the first such row. */
export function selectRow(database: DatabaseSync, rest: string): (...params: SQLInputValue[]) => TaskRow | undefined {
  const statement = database.prepare(`SELECT ${ALL_COLUMNS} FROM tasks ${rest}`)
  statement.setReturnArrays(true)
  return (...params) => {
    // As above.
    const values = statement.get(...params) as unknown as unknown[] | undefined
    return values && rowOf(values)
  }
}

function rowOf(values: unknown[]): TaskRow {
  const row: TaskRow = { ...SHAPE }
  // Only rows that `insertRow` and `updateRow` wrote are in the table, so that each field has its type.
  const fields = row as unknown as Record<string, unknown>
  for (let index = 0; index < FIELDS.length; index++) fields[FIELDS[index] ?? ''] = values[index]
  return row
}

/** Of a new row: see `INITIAL`. */
export function insertRow(database: DatabaseSync): (row: TaskRow) => void {
  const columns = INITIAL.map(field => COLUMNS[field]).join(', ')
  const places = INITIAL.map(() => '?').join(', ')
  const statement = database.prepare(`INSERT INTO tasks (${columns}) VALUES (${places})`)
  return row => void statement.run(...INITIAL.map(field => row[field]))
}

export function updateRow(database: DatabaseSync): (row: TaskRow) => void {
  const places = CHANGING.map(field => `${COLUMNS[field]} = ?`).join(', ')
  const statement = database.prepare(`UPDATE tasks SET ${places} WHERE seq = ?`)
  return row => void statement.run(...CHANGING.map(field => row[field]), row.seq)
}
