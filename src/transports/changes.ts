/** News for clients: a list is no longer what it was, or a resource has new content. */

export interface Feed<T> {
  /** Returns the way to unsubscribe. */
  subscribe(listener: (news: T) => void): () => void
}

export interface Source<T> extends Feed<T> {
  emit(news: T): void
}

export type Change = { kind: 'tools' | 'prompts' | 'resources' } | { kind: 'resource'; uri: string }
export type Changes = Feed<Change>
export type ChangeFeed = Source<Change>

export function createFeed<T>(): Source<T> {
  const listeners = new Set<(news: T) => void>()
  return {
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit(news) {
      for (const listener of [...listeners]) listener(news)
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
