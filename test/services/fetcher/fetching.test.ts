import { setTimeout as sleep } from 'node:timers/promises'
import zlib from 'node:zlib'
import { expect, test } from 'vitest'
import { openFetcher, openHost, openRawHost } from './host.ts'

const ENCODERS = {
  gzip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync
}

test('a body arrives with its type and its final address', async () => {
  await using host = await openHost((request, response) => {
    if (request.url === '/old?x=1') response.writeHead(301, { location: 'new?y=2' }).end('moved')
    else response.writeHead(200, { 'content-type': 'text/csv' }).end(`at ${request.url}`)
  })
  await using fetcher = await openFetcher()
  await using body = await fetcher.get(`${host.url}/old?x=1#part`)
  expect([body.url, body.contentType]).toEqual([`${host.url}/new?y=2`, 'text/csv'])
  expect(await fetcher.text(body.url)).toBe('at /new?y=2')
})

test.each(Object.entries(ENCODERS))('a body encoded as %s is decoded', async (encoding, encode) => {
  const content = 'all of it '.repeat(50_000)
  await using host = await openHost((_request, response) =>
    response.writeHead(200, { 'content-encoding': encoding.toUpperCase() }).end(encode(content))
  )
  await using fetcher = await openFetcher()
  expect(await fetcher.text(host.url)).toBe(content)
})

test.each(Object.entries(ENCODERS))('a bomb encoded as %s ends at the limit', async (encoding, encode) => {
  const bomb = encode(Buffer.alloc(64 * 1024 * 1024))
  await using host = await openHost((_request, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(bomb)
  )
  await using fetcher = await openFetcher()
  await using body = await fetcher.get(host.url, { maxBytes: 1_000_000 })
  let received = 0
  const reading = (async () => {
    for await (const chunk of body.bytes) received += chunk.length
  })()
  await expect(reading).rejects.toMatchObject({ code: 'TOO_LARGE', details: { max_bytes: 1_000_000 } })
  expect(received).toBeLessThanOrEqual(1_000_000)
})

test.each(Object.entries(ENCODERS))(
  'a body encoded as %s and cut in the middle is a failure',
  async (encoding, encode) => {
    const whole = encode(Buffer.from(Array.from({ length: 9_999 }, (_, index) => (index * index) % 251)))
    await using host = await openHost((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(whole.subarray(0, whole.length / 2))
    )
    await using fetcher = await openFetcher()
    await expect(fetcher.text(host.url)).rejects.toMatchObject({ code: 'FETCH_FAILED' })
  }
)

test.each(['gzip, gzip', 'br, identity, gzip', 'compress', 'constructor'])(
  'the encoding "%s" is refused',
  async encoding => {
    await using host = await openHost((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end('x')
    )
    await using fetcher = await openFetcher()
    await expect(fetcher.get(host.url)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  }
)

test('a body as large as the limit passes, one byte more does not, announced or not', async () => {
  await using host = await openHost((request, response) => {
    const body = Buffer.alloc(Number(request.url?.slice(2)))
    if (request.url?.startsWith('/a')) response.setHeader('content-length', body.length)
    response.write(body)
    response.end()
  })
  await using fetcher = await openFetcher()
  for (const way of ['/a', '/s']) {
    expect(await fetcher.text(`${host.url}${way}5000`, { maxBytes: 5000 })).toHaveLength(5000)
    await expect(fetcher.text(`${host.url}${way}5001`, { maxBytes: 5000 })).rejects.toMatchObject({ code: 'TOO_LARGE' })
  }
})

test('a body shorter than announced is a failure, a longer one ends where it was announced to', async () => {
  const say = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n0123456789`
  await using short = await openRawHost(socket => socket.end(say(20)))
  await using long = await openRawHost(socket => socket.end(say(4)))
  await using fetcher = await openFetcher()
  await expect(fetcher.text(short.url)).rejects.toMatchObject({ code: 'FETCH_FAILED' })
  expect(await fetcher.text(long.url)).toBe('0123')
})

test.each([
  'nonsense\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`,
  ''
])('an answer that is no HTTP is a failure (%#)', async answer => {
  await using host = await openRawHost(socket => socket.end(answer))
  await using fetcher = await openFetcher()
  await expect(fetcher.text(host.url)).rejects.toMatchObject({ code: 'FETCH_FAILED' })
})

test('a host that stays silent, before or inside the body, ends at the deadline', async () => {
  await using mute = await openRawHost(() => {})
  await using slow = await openRawHost(async socket => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n')
    while (socket.writable) await sleep(10).then(() => socket.write('x'))
  })
  await using fetcher = await openFetcher()
  for (const { url } of [mute, slow]) {
    await expect(fetcher.text(url, { timeoutMs: 150 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  }
})

test('a name server that never answers ends at the deadline, an unknown name at once', async () => {
  await using waiting = await openFetcher({ resolve: () => new Promise(() => {}) })
  await expect(waiting.get('http://x.example/', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  await using unknown = await openFetcher({ resolve: () => Promise.reject(new Error('ENOTFOUND')) })
  await expect(unknown.get('http://x.example/')).rejects.toMatchObject({ code: 'FETCH_FAILED' })
  await using empty = await openFetcher({ resolve: async () => [] })
  await expect(empty.get('http://x.example/')).rejects.toMatchObject({ code: 'FETCH_FAILED' })
})

test('five redirects are followed, a sixth and a circle are a failure', async () => {
  let requests = 0
  await using host = await openHost((request, response) => {
    requests++
    const left = Number(request.url?.slice(1))
    if (left === 0) response.end('there')
    else response.writeHead(302, { location: request.url === '/99' ? '/99' : `/${left - 1}` }).end()
  })
  await using fetcher = await openFetcher()
  expect(await fetcher.text(`${host.url}/5`)).toBe('there')
  await expect(fetcher.text(`${host.url}/6`)).rejects.toMatchObject({ code: 'FETCH_FAILED' })
  requests = 0
  await expect(fetcher.text(`${host.url}/99`)).rejects.toMatchObject({ code: 'FETCH_FAILED' })
  expect(requests).toBe(6)
})

test.each([304, 400, 404, 500, 302])('status %d is a failure that names it', async status => {
  await using host = await openHost((_request, response) => response.writeHead(status).end())
  await using fetcher = await openFetcher()
  await expect(fetcher.get(host.url)).rejects.toMatchObject({ code: 'FETCH_FAILED', details: { status } })
})

test('a host that refuses connections is a failure', async () => {
  const gone = await openHost(() => {})
  await gone[Symbol.asyncDispose]()
  await using fetcher = await openFetcher()
  await expect(fetcher.get(gone.url)).rejects.toMatchObject({
    code: 'FETCH_FAILED',
    message: expect.stringContaining('ECONNREFUSED')
  })
})

test('of several addresses one that answers is enough', async () => {
  await using host = await openHost((_request, response) => response.end('here'), '127.0.0.2')
  await using fetcher = await openFetcher({ resolve: async () => ['127.0.0.1', '::1', '127.0.0.2'] })
  expect(await fetcher.text(`http://several.example:${host.port}/`)).toBe('here')
})

test('an abort ends the exchange with its reason, before and inside the body', async () => {
  await using host = await openRawHost(socket => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'))
  await using fetcher = await openFetcher()
  await expect(fetcher.get(host.url, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  const controller = new AbortController()
  await using body = await fetcher.get(host.url, { signal: controller.signal })
  const reading = (async () => {
    for await (const _ of body.bytes) controller.abort(new Error('inside'))
  })()
  await expect(reading).rejects.toThrow('inside')
})

test('a stop ends what is under way, and nothing starts after it', async () => {
  await using host = await openRawHost(socket => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab'))
  await using fetcher = await openFetcher()
  const body = await fetcher.get(host.url)
  await fetcher.stop()
  await expect(body.bytes[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'CANCELLED' })
  await expect(fetcher.get(host.url)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
})

test('a body that is not wanted any more lets go of its connection', async () => {
  let closed: Promise<unknown> = Promise.resolve()
  await using host = await openRawHost(socket => {
    closed = new Promise(resolve => socket.once('close', resolve))
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab')
  })
  await using fetcher = await openFetcher()
  {
    await using body = await fetcher.get(host.url)
    for await (const _ of body.bytes) break
  }
  await closed
  {
    await using _body = await fetcher.get(host.url)
  }
  await closed
})
