/** News of long calls: the handle of each that has changed, and nothing of it. */

export interface TaskFeed {
  /** Returns the way to unsubscribe. */
  subscribe(listener: (taskId: string) => void): () => void
}

export function createTaskFeed(): TaskFeed & { emit(taskId: string): void } {
  const listeners = new Set<(taskId: string) => void>()
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit(taskId) {
      for (const listener of [...listeners]) listener(taskId)
    }
  }
}
