import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startHttp } from './http-client.ts'

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
const call = (name: string, meta?: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: {}, ...(meta && { _meta: meta }) }
})

describe('Host and Origin', () => {
  test.each([
    ['localhost', undefined, 200],
    ['LOCALHOST:3002', undefined, 200],
    ['127.0.0.1:1', undefined, 200],
    ['[::1]:3002', undefined, 200],
    ['[::1]', undefined, 200],
    ['evil.example', undefined, 403],
    ['localhost.evil.example', undefined, 403],
    ['127.0.0.1.evil.example:3002', undefined, 403],
    ['localhost:3002@evil.example', undefined, 403],
    ['localhost:evil', undefined, 403],
    ['localhost', 'http://localhost:5173', 200],
    ['localhost', 'https://127.0.0.1', 200],
    ['localhost', 'http://[::1]:9', 200],
    ['localhost', 'https://evil.example', 403],
    ['localhost', 'http://localhost.evil.example', 403],
    ['localhost', 'http://localhost@evil.example', 403],
    ['localhost', 'null', 403],
    ['localhost', 'file://localhost', 403],
    ['localhost', 'localhost', 403],
    ['localhost', '[::1]', 403],
    ['evil.example', 'http://localhost', 403]
  ])('Host "%s" with Origin "%s" is %i', async (host, origin, status) => {
    await using parts = await startHttp()
    const headers = { host, ...(origin && { origin }) }
    expect((await parts.send({ body: ping, headers })).status).toBe(status)
    for (const path of ['/health', '/health/ready', '/metrics']) {
      expect((await parts.send({ method: 'GET', path, headers })).status).toBe(status)
    }
  })

  test('other names can be allowed, and then loopback is no exception', async () => {
    await using parts = await startHttp({
      allowedHosts: ['data.example'],
      allowedOrigins: ['https://app.example', 'moz-extension://abc']
    })
    const status = async (headers: Record<string, string>) => (await parts.send({ body: ping, headers })).status
    expect(await status({ host: 'data.example:3002' })).toBe(200)
    expect(await status({ host: 'localhost' })).toBe(403)
    expect(await status({ host: 'data.example', origin: 'https://app.example' })).toBe(200)
    expect(await status({ host: 'data.example', origin: 'moz-extension://abc' })).toBe(200)
    expect(await status({ host: 'data.example', origin: 'http://app.example' })).toBe(403)
    expect(await status({ host: 'data.example', origin: 'http://localhost' })).toBe(403)
  })
})

describe('the access token', () => {
  test.each([
    [undefined, 401],
    ['Bearer wrong', 401],
    ['Bearer secre', 401],
    ['Bearer secret1', 401],
    ['Bearer', 401],
    ['Basic secret', 401],
    ['secret', 401],
    ['Bearer secret', 200],
    ['bearer   secret', 200]
  ])('"%s" is %i', async (authorization, status) => {
    await using parts = await startHttp({ token: 'secret' })
    const headers = authorization === undefined ? {} : { authorization }
    const answer = await parts.send({ body: call('echo'), headers })
    expect(answer.status).toBe(status)
    expect(answer.headers['www-authenticate']?.startsWith('Bearer ') ?? false).toBe(status === 401)
    expect(answer.text).not.toContain('secret')
    expect((await parts.send({ method: 'GET', path: '/metrics', headers })).status).toBe(status)
    expect((await parts.send({ method: 'GET', path: '/health', headers })).status).toBe(200)
    expect(parts.calls.map(({ evidence }) => evidence)).toEqual(
      status === 200 ? [{ kind: 'bearer', accepted: true }] : []
    )
  })

  test('none is needed on loopback, and the call says so', async () => {
    await using parts = await startHttp()
    await parts.send({ body: call('echo'), headers: { authorization: 'Bearer anything' } })
    expect(parts.calls[0]?.evidence).toEqual({ kind: 'loopback' })
  })

  test.each(['0.0.0.0', '::', '192.0.2.1', 'data.example'])('without one, %s is refused at start', async host => {
    await expect(startHttp({ listen: { host, port: 0 } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  test('with one, all interfaces may be served', async () => {
    await using parts = await startHttp({ listen: { host: '0.0.0.0', port: 0 }, token: 'secret' })
    expect((await parts.send({ body: ping, headers: { authorization: 'Bearer secret' } })).status).toBe(200)
  })
})

describe('limits', () => {
  test('a body over the limit is 413, announced or not, and the connection lives on', async () => {
    await using parts = await startHttp({ maxBodyBytes: 1000 })
    const body = JSON.stringify({ ...ping, params: { filler: 'x'.repeat(100_000) } })
    expect((await parts.send({ body })).status).toBe(413)
    expect((await parts.send({ body, headers: { 'transfer-encoding': 'chunked' } })).status).toBe(413)
    expect((await parts.send({ body: ping })).status).toBe(200)
  })

  test.each([
    ['text/plain', undefined],
    ['application/jsonp', undefined],
    ['application/x-www-form-urlencoded', undefined],
    ['application/json', 'gzip']
  ])('%s with encoding %s is 415', async (type, encoding) => {
    await using parts = await startHttp()
    const headers = { 'content-type': type, ...(encoding && { 'content-encoding': encoding }) }
    expect((await parts.send({ body: ping, headers })).status).toBe(415)
  })

  test('JSON with a charset is JSON', async () => {
    await using parts = await startHttp()
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' }
    expect((await parts.send({ body: ping, headers })).status).toBe(200)
  })

  test('requests beyond the limit are told to come back, and do once there is room', async () => {
    await using parts = await startHttp({ maxConcurrent: 2 })
    const waiting = [parts.send({ body: call('wait') }), parts.send({ body: call('wait') })]
    await parts.arrived(2)
    const refused = await parts.send({ body: call('echo') })
    expect(refused).toMatchObject({ status: 503, json: { error: { data: { error: 'BUSY' } } } })
    expect(refused.headers['retry-after']).toBe('1')
    expect((await parts.send({ method: 'GET', path: '/health' })).status).toBe(200)
    parts.release()
    await Promise.all(waiting)
    expect((await parts.send({ body: call('echo') })).status).toBe(200)
  })

  test('clients that send half a message and wait take no place from one who sends a whole', async () => {
    await using parts = await startHttp({ maxConcurrent: 2 })
    const head =
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
    const halves = Array.from({ length: 50 }, () => parts.open())
    for (const half of halves) {
      half.on('error', () => {})
      await new Promise(resolve => half.write(head, resolve))
    }
    for (let round = 0; round < 5; round++) expect((await parts.send({ body: ping })).status).toBe(200)
    for (const half of halves) half.destroy()
  })

  test('bodies on their way hold a bounded amount of memory together, and what is over it is told to come back', async () => {
    await using parts = await startHttp({ maxBodyBytes: 1000 })
    const head =
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n'
    const halves = Array.from({ length: 20 }, () => parts.open())
    const answers: string[] = []
    for (const half of halves) {
      half.on('error', () => {})
      half.on('data', chunk => answers.push(String(chunk)))
      half.write(head + 'x'.repeat(900))
    }
    while (answers.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    expect(answers[0]).toContain('503')
    for (const half of halves) half.destroy()
    while ((await parts.send({ body: ping })).status !== 200) await new Promise(resolve => setTimeout(resolve, 5))
  })

  test('a client that never ends its request is cut off and frees its place', async () => {
    await using parts = await startHttp({ requestTimeoutMs: 200, maxConcurrent: 1 })
    const slow = parts.open()
    slow.on('error', () => {})
    slow.write(
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
    )
    slow.resume()
    await once(slow, 'close')
    expect((await parts.send({ body: ping })).status).toBe(200)
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['headers without end', `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST /mcp HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}', 400],
    ['no Host at all', 'GET /health HTTP/1.1\r\n\r\n', 400],
    ['an old version without Host', 'GET /health HTTP/1.0\r\n\r\n', 403],
    ['an empty Host', 'GET /health HTTP/1.1\r\nHost:\r\n\r\n', 403]
  ])('%s is refused and the server lives on', async (_name, bytes, status) => {
    await using parts = await startHttp()
    const socket = parts.open()
    socket.end(bytes)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect((await parts.send({ body: ping })).status).toBe(200)
  })
})

describe('a connection that breaks', () => {
  const raw = (body: object) => {
    const text = JSON.stringify(body)
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n`
    return `${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  }

  test.each([
    ['before the answer', undefined],
    ['in the middle of a stream', { progressToken: 1 }]
  ])('%s aborts the call', async (_name, meta) => {
    await using parts = await startHttp()
    const socket = parts.open()
    socket.write(raw(call('wait', meta)))
    if (meta) expect(String((await once(socket, 'data'))[0])).toContain('text/event-stream')
    await parts.arrived(1)
    socket.destroy()
    await parts.abortedCalls(1)
    expect(parts.aborted).toMatchObject([{ code: 'CANCELLED' }])
    expect((await parts.send({ body: ping })).status).toBe(200)
  })

  test('in the middle of a body runs nothing', async () => {
    await using parts = await startHttp({ maxConcurrent: 1 })
    const socket = parts.open()
    socket.write(raw(call('echo')).slice(0, -5), () => socket.destroy())
    await once(socket, 'close')
    await expect.poll(async () => (await parts.send({ body: ping })).status).toBe(200)
    expect(parts.calls).toHaveLength(0)
  })
})

describe('stopping', () => {
  test('lets calls finish and takes no new ones', async () => {
    const parts = await startHttp()
    const waiting = parts.send({ body: call('wait') })
    await parts.arrived(1)
    const stopped = parts.server.stop()
    await expect(parts.send({ body: ping })).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    parts.release()
    expect((await waiting).json.result.structuredContent.value).toBe('waited')
    await stopped
    expect(parts.server.url).toBeUndefined()
  })

  test('aborts what outlives the grace, and still answers it', async () => {
    const parts = await startHttp({ graceMs: 50 })
    const waiting = parts.send({ body: call('wait') })
    await parts.arrived(1)
    await parts.server.stop()
    expect((await waiting).json.result).toMatchObject({ isError: true, structuredContent: { error: 'CANCELLED' } })
  })

  test('refuses a request on a connection that was kept open', async () => {
    const parts = await startHttp()
    const waiting = parts.send({ body: call('wait') })
    const kept = parts.open()
    kept.write('POST /mcp HTTP/1.1\r\nHost: localhost\r\n')
    await parts.arrived(1)
    const stopped = parts.server.stop()
    kept.write('Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
    expect(String((await once(kept, 'data'))[0])).toMatch(/^HTTP\/1.1 503 /)
    parts.release()
    await waiting
    await stopped
  })

  test('twice, before a start, and a start after it', async () => {
    const parts = await startHttp()
    await Promise.all([parts.server.stop(), parts.server.stop()])
    await parts.server.stop()
    await parts.server.start()
    expect(parts.server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/)
    await parts.server.stop()
  })

  test('a taken port is an error that says so', async () => {
    await using parts = await startHttp()
    await expect(startHttp({ listen: { port: parts.port } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(String(parts.port))
    })
  })
})

describe('the socket of the owner', () => {
  async function directory() {
    const path = await mkdtemp(join(tmpdir(), 'ipfs-datasets-http-'))
    return { path, socketPath: join(path, 'node.sock'), [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
  }

  test('is for the owner alone, asks for nothing more, and is gone after a stop', async () => {
    await using dir = await directory()
    const parts = await startHttp({ listen: { socketPath: dir.socketPath }, token: 'secret' })
    expect((await stat(dir.socketPath)).mode & 0o777).toBe(0o600)
    expect(await readdir(dir.path)).toEqual(['node.sock'])
    const answer = await parts.send({ body: call('echo'), headers: { host: 'anything.example' } })
    expect(answer.status).toBe(200)
    expect(parts.calls[0]?.evidence).toEqual({ kind: 'owner-socket' })
    await parts.server.stop()
    expect(await readdir(dir.path)).toEqual([])
  })

  test('replaces what a killed process left behind', async () => {
    await using dir = await directory()
    const stale = createServer().listen(join(dir.path, 'first'))
    await once(stale, 'listening')
    await rename(join(dir.path, 'first'), dir.socketPath)
    stale.close()
    await once(stale, 'close')
    await using parts = await startHttp({ listen: { socketPath: dir.socketPath } })
    expect((await parts.send({ body: ping })).status).toBe(200)
  })

  test('that cannot be put in its place leaves nothing behind', async () => {
    await using dir = await directory()
    await mkdir(dir.socketPath)
    await expect(startHttp({ listen: { socketPath: dir.socketPath } })).rejects.toThrow()
    expect(await readdir(dir.path)).toEqual(['node.sock'])
  })

  test('is not taken from a process that still answers', async () => {
    await using dir = await directory()
    await using parts = await startHttp({ listen: { socketPath: dir.socketPath } })
    await expect(startHttp({ listen: { socketPath: dir.socketPath } })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_BUSY'
    })
    const socket = connect(dir.socketPath)
    await once(socket, 'connect')
    socket.destroy()
    expect((await parts.send({ body: ping })).status).toBe(200)
  })
})
