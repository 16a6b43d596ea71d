/**
 * Which tasks each worker runs, and copies of some of their rows: what is claimed will be completed soon, and need not be read again
 * for it.
 */
import type { TaskRow } from './store.ts'

const ROWS_KEPT = 1000
/** A row with longer texts than this is read again rather than kept. */
const LENGTH_KEPT = 4096

type Running = Pick<TaskRow, 'seq' | 'workerId'>

export interface RunningRows {
  copyOf(taskId: string): TaskRow | undefined
  /** `seq` of what it runs, in order. */
  of(workerId: string): number[]
  count(workerId: string): number
  /** After each change of a row. */
  note(row: TaskRow): void
  drop(row: TaskRow): void
}

export function createRunningRows(from: readonly Running[]): RunningRows {
  const copies = new Map<string, TaskRow>()
  const workers = new Map<number, string>()
  const running = new Map<string, Set<number>>()

  function enter({ seq, workerId }: Running): void {
    if (workerId === null) return
    const own = running.get(workerId) ?? new Set()
    running.set(workerId, own.add(seq))
    workers.set(seq, workerId)
  }

  function leave(seq: number): void {
    const workerId = workers.get(seq)
    if (workerId === undefined) return
    workers.delete(seq)
    const own = running.get(workerId)
    own?.delete(seq)
    if (own?.size === 0) running.delete(workerId)
  }

  for (const row of from) enter(row)

  return {
    copyOf(taskId) {
      const row = copies.get(taskId)
      return row && { ...row }
    },
    of: workerId => [...(running.get(workerId) ?? [])].sort((a, b) => a - b),
    count: workerId => running.get(workerId)?.size ?? 0,
    note(row) {
      copies.delete(row.taskId)
      leave(row.seq)
      if (row.status !== 'running') return
      enter(row)
      if (lengthOf(row) > LENGTH_KEPT) return
      copies.set(row.taskId, { ...row })
      const [oldest] = copies.keys()
      if (copies.size > ROWS_KEPT && oldest !== undefined) copies.delete(oldest)
    },
    drop(row) {
      copies.delete(row.taskId)
      leave(row.seq)
    }
  }
}

const lengthOf = ({ payloadJson, logsJson, spec }: TaskRow): number =>
  (payloadJson?.length ?? 0) + (logsJson?.length ?? 0) + spec.length
