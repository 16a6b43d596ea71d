/** News for clients: a list is no longer what it was, or a resource has new content. */

export type Change = { kind: 'tools' | 'prompts' | 'resources' } | { kind: 'resource'; uri: string }

export interface Changes {
  /** Returns the way to unsubscribe. */
  subscribe(listener: (change: Change) => void): () => void
}

export interface ChangeFeed extends Changes {
  emit(change: Change): void
}

export function createChangeFeed(): ChangeFeed {
  const listeners = new Set<(change: Change) => void>()
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit(change) {
      for (const listener of [...listeners]) listener(change)
    }
  }
}

/** The notification that tells a client of it. */
export function changeText(change: Change, meta?: Record<string, unknown>): string {
  const params = { ...(change.kind === 'resource' && { uri: change.uri }), ...(meta && { _meta: meta }) }
  const method =
    change.kind === 'resource' ? 'notifications/resources/updated' : `notifications/${change.kind}/list_changed`
  return JSON.stringify({ jsonrpc: '2.0', method, params })
}
