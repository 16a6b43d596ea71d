import { expect, test } from 'vitest'
import { openFetcher, openHost } from './host.ts'

const URL_FORBIDDEN = expect.objectContaining({ code: 'URL_FORBIDDEN' })

test('without permission a server on loopback sees no connection, however its address is written', async () => {
  await using host = await openHost((_request, response) => response.end('secret'))
  await using fetcher = await openFetcher({ allowLoopback: false })
  const names = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.0.0.1.',
    'localhost',
    '0',
    '0.0.0.0'
  ]
  names.push(
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '１２７.0.0.1'
  )
  for (const name of names) {
    await expect(fetcher.get(`http://${name}:${host.port}/`), name).rejects.toEqual(URL_FORBIDDEN)
  }
  expect(host.connections()).toBe(0)
})

test('no permission opens private, link-local or other special addresses', async () => {
  await using fetcher = await openFetcher()
  for (const name of [
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '0.0.0.0',
    '[fe80::1]',
    '[fc00::1]'
  ]) {
    await expect(fetcher.get(`http://${name}/`), name).rejects.toEqual(URL_FORBIDDEN)
  }
})

test('a name is refused when any of its addresses is', async () => {
  await using host = await openHost((_request, response) => response.end())
  for (const bad of ['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1%eth0', 'nonsense', '']) {
    await using fetcher = await openFetcher({ resolve: async () => ['127.0.0.1', bad] })
    await expect(fetcher.get(`http://many.example:${host.port}/`), bad).rejects.toEqual(URL_FORBIDDEN)
  }
  expect(host.connections()).toBe(0)
})

test('the connection goes to the address that was checked, whatever the name says a moment later', async () => {
  await using first = await openHost((_request, response) => response.end('first'))
  const answers = [['127.0.0.1'], ['10.0.0.1']]
  let asked = 0
  await using fetcher = await openFetcher({ resolve: async () => answers[asked++] ?? [] })
  expect(await fetcher.text(`http://rebinding.example:${first.port}/`)).toBe('first')
  expect(asked).toBe(1)
  await expect(fetcher.get(`http://rebinding.example:${first.port}/`)).rejects.toEqual(URL_FORBIDDEN)
  expect(first.connections()).toBe(1)
})

test('the host sees the name that was asked for', async () => {
  await using host = await openHost((request, response) => response.end(request.headers.host))
  await using fetcher = await openFetcher({ resolve: async () => ['127.0.0.1'] })
  const url = `http://named.example:${host.port}/`
  expect(await fetcher.text(url, { headers: { Host: 'other.example' } })).toBe(`named.example:${host.port}`)
})

test('a redirect is resolved and checked afresh', async () => {
  await using inner = await openHost((_request, response) => response.end('secret'))
  const places = [
    'http://10.0.0.1/',
    'http://rebinding.example/',
    '//169.254.169.254/',
    'file:///etc/passwd',
    'http://u:p@x/'
  ]
  let place = ''
  await using outer = await openHost((_request, response) => response.writeHead(302, { location: place }).end())
  let asked = 0
  const resolve = async (name: string) => (name === 'rebinding.example' && asked++ > 0 ? ['10.0.0.1'] : ['127.0.0.1'])
  await using fetcher = await openFetcher({ resolve })
  for (place of places) {
    asked = 0
    await expect(fetcher.get(`http://rebinding.example:${outer.port}/`), place).rejects.toEqual(URL_FORBIDDEN)
  }
  expect(inner.connections()).toBe(0)
})

test('schemes other than the allowed ones, credentials and non-URLs are refused', async () => {
  await using strict = await openFetcher({ allowHttp: false })
  await using lenient = await openFetcher()
  await expect(strict.get('http://example.com/')).rejects.toEqual(URL_FORBIDDEN)
  for (const url of ['file:///etc/passwd', 'ftp://example.com/', 'data:text/plain,x', 'gopher://x/', 'javascript:1']) {
    await expect(lenient.get(url), url).rejects.toEqual(URL_FORBIDDEN)
  }
  for (const url of ['http://user@example.com/', 'http://user:pass@example.com/', 'http://:pass@example.com/']) {
    await expect(lenient.get(url), url).rejects.toEqual(URL_FORBIDDEN)
  }
  for (const url of [
    '',
    'example.com',
    'http://',
    'http://a b/',
    'http://[::1/',
    'http://[fe80::1%25eth0]/',
    'http://1.2.3.256/'
  ]) {
    await expect(lenient.get(url), url).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  }
})

test('a redirect to another host is not told what the first one was', async () => {
  let seen: Record<string, unknown> = {}
  await using other = await openHost((request, response) => {
    seen = request.headers
    response.end()
  })
  await using host = await openHost((_request, response) => response.writeHead(307, { location: other.url }).end())
  await using fetcher = await openFetcher()
  await fetcher.text(host.url, { headers: { Authorization: 'Bearer x', Cookie: 'y', 'X-Kind': 'z' } })
  expect(seen).toMatchObject({ 'x-kind': 'z' })
  expect(Object.keys(seen)).not.toContain('authorization')
  expect(Object.keys(seen)).not.toContain('cookie')
})
