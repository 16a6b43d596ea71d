import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startHttp } from '../transports/http-client.ts'
import { gatherCrowd } from './silence.ts'

const echo = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: { value: 'here' } } }

test('an honest client is served while hundreds of connections say nothing or half a head', async () => {
  await using server = await startHttp({ requestTimeoutMs: 60_000 })
  using crowd = await gatherCrowd(server.port, 400)
  for (let call = 0; call < 20; call++) expect((await server.send({ body: echo })).status).toBe(200)
  expect(crowd.connected()).toBe(400)
})

test('half-open requests are cut, and the places that they took are free again', async () => {
  await using server = await startHttp({ requestTimeoutMs: 100, maxConcurrent: 2 })
  const half = 'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
  const slow = [server.open(), server.open()]
  const closed = slow.map(socket => {
    socket.on('error', () => {})
    socket.resume()
    socket.write(half)
    return once(socket, 'close')
  })
  await Promise.all(closed)
  expect((await server.send({ body: echo })).status).toBe(200)
})
