import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { CERTIFICATE, KEY } from './certificate.ts'
import { openFetcher } from './host.ts'

async function openTlsHost() {
  const server = createServer({ cert: CERTIFICATE, key: KEY }, (_request, response) => response.end('sealed'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: () => new Promise<void>(resolve => server.close(() => resolve())) }
}

const resolve = async () => ['127.0.0.1']

test('a pinned connection still proves that the host is the one that was named', async () => {
  await using host = await openTlsHost()
  await using fetcher = await openFetcher({ allowHttp: false, resolve, ca: CERTIFICATE })
  expect(await fetcher.text(`https://named.example:${host.port}/`)).toBe('sealed')
  for (const name of ['other.example', '127.0.0.1']) {
    await expect(fetcher.get(`https://${name}:${host.port}/`), name).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID')
    })
  }
})

test('a certificate that nobody trusts is a failure', async () => {
  await using host = await openTlsHost()
  await using fetcher = await openFetcher({ resolve })
  await expect(fetcher.get(`https://named.example:${host.port}/`)).rejects.toMatchObject({ code: 'FETCH_FAILED' })
})
