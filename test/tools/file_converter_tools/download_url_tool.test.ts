import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'
import { LOCAL_WEB, serveWeb } from '../../helpers/web-server.ts'

const serve = () =>
  serveWeb((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/a/report.txt' }).end()
    else if (request.url === '/endless') {
      response.write(Buffer.alloc(1024 ** 2))
      const more = setInterval(() => response.write(Buffer.alloc(1024 ** 2)), 5)
      response.on('close', () => clearInterval(more))
    } else if (request.url === '/missing') response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': 'text/plain' }).end('hello')
  })

test('a URL is written to a file of its last name, after redirects, and never over another', async () => {
  using server = await serve()
  await using node = await openNode(LOCAL_WEB)
  const answer = await node.call('download_url_tool', { url: `${server.url}/moved` })
  expect(answer).toMatchObject({ url: `${server.url}/a/report.txt`, content_type: 'text/plain', size_bytes: 5 })
  expect(await readFile(join(node.cwd, 'report.txt'), 'utf8')).toBe('hello')
  expect(await node.call('download_url_tool', { url: `${server.url}/moved` })).toMatchObject({
    error: 'ALREADY_EXISTS'
  })
  expect(await node.call('download_url_tool', { url: `${server.url}/` })).toMatchObject({ error: 'INVALID_INPUT' })
})

test('what is too large, missing or cancelled leaves no part of a file', async () => {
  using server = await serve()
  await using node = await openNode(LOCAL_WEB)
  const endless = { url: `${server.url}/endless`, max_size_mb: 3 }
  expect(await node.call('download_url_tool', endless)).toMatchObject({ error: 'TOO_LARGE' })
  expect(await node.call('download_url_tool', { url: `${server.url}/missing` })).toMatchObject({
    error: 'FETCH_FAILED'
  })
  const controller = new AbortController()
  const call = node.call('download_url_tool', { ...endless, max_size_mb: 10_000 }, controller.signal)
  setTimeout(() => controller.abort(), 100)
  expect(await call).toMatchObject({ error: 'CANCELLED' })
  expect(await readdir(node.cwd)).toEqual(['data'])
})
