import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { createReply, sendJson } from '../../src/transports/http-reply.ts'

/** A server on loopback for as long as the test has it. */
async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('It listens on TCP')
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

test('what is notified after the answer, though before it was written, changes nothing in it', async () => {
  await using server = await listen((request, response) => {
    const reply = createReply(request, response)
    reply.answer(200, '{"answer":1}')
    reply.notify?.('{"late":1}')
  })
  const response = await fetch(server.url, { headers: { accept: 'application/json, text/event-stream' } })
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.text()).toBe('{"answer":1}')
})

test('a client that goes away before its answer is written leaves others theirs', async () => {
  await using server = await listen((request, response) => {
    if (request.url === '/gone') response.destroy()
    sendJson(response, 200, '{"answer":1}')
  })
  const gone = connect({ host: '127.0.0.1', port: server.port })
  gone.on('error', () => {})
  gone.write('GET /gone HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(gone, 'close')
  expect(await (await fetch(server.url)).json()).toEqual({ answer: 1 })
})
