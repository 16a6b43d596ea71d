/** What a worker reports of a task while somebody waits for it. */
import type { CallContext } from '../../core/tool.ts'
import type { LogLine, Queue, Task } from '../../services/queue/api.ts'

export interface Following {
  /** The rest, of the task as it is now; nothing is told afterwards. */
  end(task: Task): Promise<void>
  stop(): void
}

/** Progress goes on as progress, each line once as a log message. Reports that come faster than they are read are told together. */
export function followTask(
  queue: Queue,
  taskId: string,
  { progress, client }: Pick<CallContext, 'progress' | 'client'>
): Following {
  let told: LogLine | undefined
  let reading: Promise<void> | undefined
  let isBehind = false

  function tell({ progress: made, logs }: Task): void {
    if (made) progress(made.fraction ?? 0, 1, made.message)
    const last = logs.findLastIndex(({ at, message }) => at === told?.at && message === told.message)
    for (const { message } of logs.slice(last + 1)) client.tell('info', message)
    told = logs.at(-1) ?? told
  }

  async function read(): Promise<void> {
    do {
      isBehind = false
      tell(await queue.get(taskId))
    } while (isBehind)
  }

  const stop = queue.onChange(change => {
    if (change.taskId !== taskId || change.event !== 'progress') return
    isBehind = true
    // A task that is gone by then is told by the wait itself.
    reading ??= read()
      .catch(() => {})
      .finally(() => {
        reading = undefined
      })
  })

  return {
    stop,
    async end(task) {
      stop()
      await reading
      tell(task)
    }
  }
}
