/**
 * Sessions of clients of the `initialize` era over HTTP, told apart by the `Mcp-Session-Id` header. They are few and short-lived: an idle
 * one makes room for a new one, and its client is told by 404 to begin again. A client that sends no id has no session and needs none
 * for plain calls.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import { type Random, systemRandom } from '../core/random.ts'
import { openEvents, refuse, sendEvent } from './http-reply.ts'
import { createSession, type Session } from './session.ts'

const MAX_SESSIONS = 1_000
const MAX_IDLE_MS = 30 * 60_000

export interface HttpSessions {
  /** A session that is not known yet: `keep` it when `initialize` went well. */
  create(): Session
  /** Returns the id for the header; undefined if every session is in use and there is no room. */
  keep(session: Session): string | undefined
  /** The session that the request names; undefined if it names none, `gone` if it names one that is not here. */
  find(request: Pick<IncomingMessage, 'headers'>): Session | 'gone' | undefined
  /** Answers GET: a stream for what belongs to no request. */
  openStream(request: IncomingMessage, response: ServerResponse): void
  /** Answers DELETE. */
  end(request: IncomingMessage, response: ServerResponse): void
  close(): void
}

interface Entry {
  session: Session
  stream: { response?: ServerResponse }
  usedAt: number
}

export function createHttpSessions(
  clock: Clock,
  random: Random = systemRandom,
  maxSessions = MAX_SESSIONS
): HttpSessions {
  // The least recently used comes first.
  const entries = new Map<string, Entry>()
  const streams = new WeakMap<Session, Entry['stream']>()

  function remove(id: string, entry: Entry, why: string): void {
    entries.delete(id)
    entry.session.close(new AppError('CANCELLED', why))
    entry.stream.response?.end()
  }

  function makeRoom(): boolean {
    for (const [id, entry] of entries) {
      const isOld = clock.monotonic() - entry.usedAt > MAX_IDLE_MS
      if (!isOld && entries.size < maxSessions) return true
      if (entry.session.inFlight.size === 0 && (isOld || !entry.stream.response)) {
        remove(id, entry, 'The session was idle and made room for another')
      }
    }
    return entries.size < maxSessions
  }

  function lookUp({ headers }: Pick<IncomingMessage, 'headers'>): { id: string; entry: Entry | undefined } | undefined {
    const id = headers['mcp-session-id']
    if (typeof id !== 'string') return undefined
    const entry = entries.get(id)
    if (entry) {
      entries.delete(id)
      entry.usedAt = clock.monotonic()
      entries.set(id, entry)
    }
    return { id, entry }
  }

  return {
    create() {
      const stream: Entry['stream'] = {}
      const session = createSession(text => stream.response && sendEvent(stream.response, text))
      streams.set(session, stream)
      return session
    },

    keep(session) {
      const stream = streams.get(session)
      if (!stream || !makeRoom()) return undefined
      const id = random.uuid()
      entries.set(id, { session, stream, usedAt: clock.monotonic() })
      return id
    },

    find(request) {
      const found = lookUp(request)
      return found && (found.entry?.session ?? 'gone')
    },

    openStream(request, response) {
      const { stream } = lookUp(request)?.entry ?? {}
      if (!stream) return refuse(response, UNKNOWN_SESSION)
      if (!request.headers.accept?.includes('text/event-stream')) {
        return refuse(response, { status: 406, error: 'UNSUPPORTED', message: 'Accept text/event-stream' })
      }
      if (stream.response) {
        return refuse(response, { status: 409, error: 'ALREADY_EXISTS', message: 'This session has a stream already' })
      }
      stream.response = response
      response.on('close', () => {
        delete stream.response
      })
      openEvents(response)
    },

    end(request, response) {
      const found = lookUp(request)
      if (!found?.entry) return refuse(response, UNKNOWN_SESSION)
      remove(found.id, found.entry, 'The client ended the session')
      response.writeHead(204).end()
    },

    close() {
      for (const [id, entry] of [...entries]) remove(id, entry, 'The server is stopping')
    }
  }
}

/** By this a client knows that it has to begin again. */
export const UNKNOWN_SESSION = {
  status: 404,
  error: 'NOT_FOUND',
  message: 'There is no such session, or no longer; send "initialize" again'
} as const
