/** News for clients: a list is no longer what it was, or a resource has new content. */

export type Change = { kind: List } | { kind: 'resource'; uri: string }

export type List = 'tools' | 'prompts' | 'resources'

export interface Changes {
  /** The lists that may change; of others there is no news to wait for. */
  readonly lists: ReadonlySet<List>
  /** Returns the way to unsubscribe. */
  subscribe(listener: (change: Change) => void): () => void
}

export interface ChangeFeed extends Changes {
  emit(change: Change): void
}

export function createChangeFeed(lists: readonly List[] = ['tools', 'prompts', 'resources']): ChangeFeed {
  const listeners = new Set<(change: Change) => void>()
  return {
    lists: new Set(lists),
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
