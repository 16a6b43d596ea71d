/**
 * Three dialects share one protocol id. The first frame of a stream tells which it is: JSON-RPC with `initialize` or with a version in
 * `_meta` (both are MCP, and told apart message by message), or an envelope with a `type` and no `jsonrpc`.
 */
export type Dialect = 'mcp' | 'p2p-message'

export function dialectOf(message: Record<string, unknown>): Dialect | undefined {
  if (message.jsonrpc === '2.0') return 'mcp'
  return message.jsonrpc === undefined && typeof message.type === 'string' ? 'p2p-message' : undefined
}

/** The envelope of the third dialect. `timestamp` is in seconds since 1970. */
export interface P2PMessage {
  type: 'request' | 'response' | 'notification' | 'event'
  method?: string
  params?: Record<string, unknown>
  id?: string
  result?: unknown
  error?: string | null
  sender?: string
  timestamp?: number
}

/** Which of these were seen before, within a time: so that one that is sent again is not carried out again. */
export interface ReplayWindow {
  /** False if the id was seen. */
  admit(id: string, now: number): boolean
}

/** Of so many newest entries, each for so long. */
export function createReplayWindow(windowMs: number, entries: number): ReplayWindow {
  const seen = new Map<string, number>()
  return {
    admit(id, now) {
      for (const [old, at] of seen) {
        if (at > now - windowMs && seen.size < entries) break
        seen.delete(old)
      }
      if (seen.has(id)) return false
      seen.set(id, now)
      return true
    }
  }
}
