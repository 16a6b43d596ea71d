import { request as httpRequest, type IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { createChangeFeed } from '../../src/transports/changes.ts'
import { createHttpSessions } from '../../src/transports/http-sessions.ts'
import { createConformanceMcp } from '../conformance/fixture-server.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { startHttp } from './http-client.ts'

const hello = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'alice', version: '1' } }
}
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' }

async function setUp() {
  const changes = createChangeFeed()
  const parts = await startHttp({ mcp: createConformanceMcp(silentLog, changes) })
  const begin = async () => String((await parts.send({ body: hello })).headers['mcp-session-id'])
  /** Opens the stream of a session; `next` is the next message on it. */
  async function listen(session: string) {
    const headers = { 'mcp-session-id': session, accept: 'text/event-stream' }
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      httpRequest({ host: '127.0.0.1', port: parts.port, path: '/mcp', headers }, resolve).on('error', reject).end()
    })
    const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]()
    const next = async () => JSON.parse(/data: (.*)\n/.exec(String((await chunks.next()).value))?.[1] ?? 'null')
    const isOver = async () => (await chunks.next()).done
    return { status: response.statusCode, next, isOver }
  }
  return { ...parts, changes, begin, listen }
}

test('initialize gives an id of visible ASCII, a new one each time, and a failed one gives none', async () => {
  await using parts = await setUp()
  const ids = [await parts.begin(), await parts.begin()]
  for (const id of ids) expect(id).toMatch(/^[\x21-\x7e]+$/)
  expect(ids[0]).not.toBe(ids[1])
  const failed = await parts.send({ body: { ...hello, params: {} } })
  expect(failed.headers['mcp-session-id']).toBeUndefined()
})

test('an ended session, and one that never was, is 404 for every method', async () => {
  await using parts = await setUp()
  const id = await parts.begin()
  const headers = { 'mcp-session-id': id }
  expect((await parts.send({ headers, body: list })).status).toBe(200)
  expect((await parts.send({ method: 'DELETE', headers })).status).toBe(204)
  for (const session of [id, 'mallory']) {
    const named = { 'mcp-session-id': session }
    expect((await parts.send({ headers: named, body: list })).status).toBe(404)
    expect((await parts.send({ method: 'DELETE', headers: named })).status).toBe(404)
    expect((await parts.send({ method: 'GET', headers: named })).status).toBe(404)
  }
})

test('the stream of a session carries news, is only one, and ends with the session', async () => {
  await using parts = await setUp()
  const id = await parts.begin()
  const headers = { 'mcp-session-id': id }
  const stream = await parts.listen(id)
  expect(stream.status).toBe(200)
  parts.changes.emit({ kind: 'prompts' })
  expect(await stream.next()).toMatchObject({ method: 'notifications/prompts/list_changed' })
  const second = await parts.send({ method: 'GET', headers: { ...headers, accept: 'text/event-stream' } })
  expect(second.status).toBe(409)
  expect((await parts.send({ method: 'GET', headers })).status).toBe(406)
  await parts.send({ method: 'DELETE', headers })
  expect(await stream.isOver()).toBe(true)
})

test('a call is cancelled by a notification of its own session and of no other', async () => {
  await using parts = await setUp()
  const [alice, mallory] = [await parts.begin(), await parts.begin()]
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 9 } }
  const wait = { jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'wait_general' } }
  const waiting = parts.send({ headers: { 'mcp-session-id': alice }, body: wait })
  let isOver = false
  void waiting.then(() => {
    isOver = true
  })
  for (let at = 0; at < 5; at++) await parts.send({ headers: { 'mcp-session-id': mallory }, body: cancel })
  expect(isOver).toBe(false)
  const twice = await parts.send({ headers: { 'mcp-session-id': alice }, body: wait })
  expect(twice.status).toBe(400)
  await parts.send({ headers: { 'mcp-session-id': alice }, body: cancel })
  expect((await waiting).json.result.structuredContent.error).toBe('CANCELLED')
})

test('a stopping server ends the streams of sessions', async () => {
  const parts = await setUp()
  const stream = await parts.listen(await parts.begin())
  await parts.server.stop()
  expect(await stream.isOver()).toBe(true)
})

test('sessions are bounded: an idle one makes room, and one in use does not', () => {
  const clock = createManualClock()
  const sessions = createHttpSessions(clock, undefined, 2)
  const open = () => {
    const session = sessions.create()
    return { session, id: sessions.keep(session) }
  }
  const find = (id: string | undefined) => sessions.find({ headers: id === undefined ? {} : { 'mcp-session-id': id } })
  const [first, second] = [open(), open()]
  expect(find(first.id)).toBe(first.session)
  const third = open()
  expect(find(second.id)).toBe('gone')
  first.session.inFlight.set(1, new AbortController())
  third.session.inFlight.set(1, new AbortController())
  expect(open().id).toBeUndefined()
  third.session.inFlight.clear()
  clock.advance(31 * 60_000)
  expect(open().id).toEqual(expect.any(String))
  expect(find(third.id)).toBe('gone')
  expect(find(first.id)).toBe(first.session)
})
