/** `notifications/tasks`: tells a listening client how its tasks stand, each time one has changed. */
import type { Refusal } from './call.ts'
import type { Exchange } from './mcp-server.ts'
import type { Tasks } from './tasks.ts'

export interface TaskWatch {
  /** The tasks that will be told of: those that the caller can see. */
  taskIds: string[]
  /** Tells how each stands now, and again after every change. Returns the way to stop. */
  tell(notify: (text: string) => void, meta: Record<string, unknown>): () => void
}

/** Undefined where no changes are heard of. */
export async function watchTasks(
  tasks: Pick<Tasks, 'look' | 'changes'>,
  wanted: readonly string[],
  exchange: Exchange
): Promise<TaskWatch | undefined> {
  const changes = tasks.changes()
  if (!changes) return undefined
  const { evidence, signal } = exchange
  const look = (taskId: string) => tasks.look(taskId, signal ? { evidence, signal } : { evidence })
  const found = await Promise.all(wanted.map(async taskId => ('task' in (await look(taskId)) ? [taskId] : [])))
  const taskIds = found.flat()
  return {
    taskIds,
    tell(notify, meta) {
      const watched = new Map(taskIds.map(taskId => [taskId, createTeller(() => look(taskId), notify, meta)]))
      const unsubscribe = changes.subscribe(taskId => watched.get(taskId)?.())
      for (const tellOne of watched.values()) tellOne()
      return unsubscribe
    }
  }
}

/** Looks once after any number of changes, and says nothing twice. */
function createTeller(
  look: () => Promise<{ task: object } | Refusal>,
  notify: (text: string) => void,
  meta: Record<string, unknown>
): () => void {
  let isLooking = false
  let isStale = false
  let told = ''

  async function tell(): Promise<void> {
    while (isStale) {
      isStale = false
      const looked = await look()
      if (!('task' in looked)) continue
      const state = JSON.stringify(looked.task)
      if (state === told) continue
      told = state
      notify(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tasks', params: { ...looked.task, _meta: meta } }))
    }
  }

  return () => {
    isStale = true
    if (isLooking) return
    isLooking = true
    // A look that failed tells nothing; the client polls as well, as it must.
    void tell()
      .catch(() => {})
      .finally(() => (isLooking = false))
  }
}
