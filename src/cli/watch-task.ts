/** Follows a task to its end. Each look waits for the end; what happens on the way is seen a second later at most. */
import type { Call } from './calling.ts'
import { progressText, toText } from './task-text.ts'
import { EXIT, type ExitCode, type Terminal } from './terminal.ts'

const LOOK_S = 1

/** Prints every change, then the result or the error. As JSON, each change is one line. */
export async function watchTask(
  call: Call,
  taskId: string,
  json: boolean,
  { stdout, stop }: Terminal
): Promise<ExitCode> {
  let last: string | undefined
  for (let wait_s = 0; ; wait_s = LOOK_S) {
    const task = await look(call, taskId, wait_s, stop)
    // Who stops watching stops nothing else.
    if (!task) return EXIT.ok
    const text = progressText(task)
    if (text !== last) stdout.write(`${json ? JSON.stringify(task) : text}\n`)
    last = text
    if (task.is_final !== true) continue
    if (!json) stdout.write(ending(task))
    return task.status === 'completed' ? EXIT.ok : EXIT.failed
  }
}

async function look(call: Call, task_id: string, wait_s: number, stop: AbortSignal) {
  try {
    return await call('task_wait', { task_id, wait_s })
  } catch (error) {
    if (stop.aborted) return undefined
    throw error
  }
}

function ending({ result, result_cid, error, cancel_reason }: Record<string, unknown>): string {
  const { code, message } = Object(error)
  const said = code === undefined ? cancel_reason : `${code}: ${message}`
  const answer = result === undefined ? result_cid && `result in ${result_cid}` : JSON.stringify(result, undefined, 2)
  const text = answer ?? said
  return text === undefined ? '' : `${toText(text)}\n`
}
