/** What the server does for a page of its own: its files, and how far a page gets without the access token. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorkspace, type HttpProcess, startHttp as startProcess, type Workspace } from '../helpers/processes.ts'
import { startHttp } from './http-client.ts'

const get = (path: string, headers: Record<string, string> = {}) => ({ method: 'GET', path, headers })

describe('the files', () => {
  test('are given without a token, say what they are, and let the page load nothing from elsewhere', async () => {
    await using http = await startHttp({ hasDashboard: true, token: 'secret' })
    const types = { '': 'text/html', 'app.js': 'text/javascript', 'style.css': 'text/css', 'icon.svg': 'image/svg' }
    for (const [name, type] of Object.entries(types)) {
      const { status, headers } = await http.send(get(`/ui/${name}`))
      expect([name, status, headers['content-type']]).toEqual([name, 200, expect.stringContaining(type)])
      expect(headers['content-security-policy']).toMatch(/^default-src 'self'; .*frame-ancestors 'none'/)
      expect(headers['content-security-policy']).not.toContain('unsafe')
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
    expect((await http.send({ method: 'HEAD', path: '/ui/app.js' })).text).toBe('')
  })

  test('are not sent again to who has them', async () => {
    await using http = await startHttp({ hasDashboard: true })
    const { headers } = await http.send(get('/ui/app.js'))
    const again = await http.send(get('/ui/app.js', { 'if-none-match': String(headers.etag) }))
    expect([again.status, again.text]).toEqual([304, ''])
  })

  test('are those of one folder, and no others', async () => {
    await using http = await startHttp({ hasDashboard: true })
    expect(await http.send(get('/ui'))).toMatchObject({ status: 308, headers: { location: '/ui/' } })
    const strange = [
      '/ui/none.js',
      '/ui/../http.ts',
      '/ui/%2e%2e/http.ts',
      '/ui//etc/passwd',
      '/ui/tsconfig.json',
      '/uix'
    ]
    for (const path of strange) expect([path, (await http.send(get(path))).status]).toEqual([path, 404])
    expect((await http.send({ method: 'POST', path: '/ui/' })).status).toBe(404)
    expect((await http.send(get('/ui/', { host: 'evil.example' }))).status).toBe(403)
  })

  test('are not there where nobody asked for them', async () => {
    await using http = await startHttp()
    expect((await http.send(get('/ui/'))).status).toBe(404)
  })
})

/** Two servers on one data directory: the second sends its calls to the first. */
let workspace: Workspace
let servers: Record<'owner' | 'other', HttpProcess>

beforeAll(async () => {
  workspace = await createWorkspace()
  const owner = await startProcess(workspace)
  servers = { owner, other: await startProcess(workspace) }
})
afterAll(async () => {
  await servers.other[Symbol.asyncDispose]()
  await servers.owner[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

const asPage = (url: string): Record<string, string> => ({ origin: new URL(url).origin })

async function call({ url }: HttpProcess, headers: Record<string, string>, name: string, args: object = {}) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body
  })
  return Object(await response.json()).result.structuredContent
}

describe.each(['owner', 'other'] as const)('a page without the token, at the %s of the data directory', which => {
  test.each([
    ['queue_pause', {}],
    ['tools_dispatch', { tool: 'queue_pause' }],
    ['mcplusplus.queue_pause', {}],
    ['task_submit', { task_type: 'tool.call', payload: { tool: 'queue_pause' } }],
    ['load_dataset', { source: [{ a: 1 }], options: { dataset_id: 'from_page' } }]
  ])('looks and does not change anything: %s', async (tool, args) => {
    const server = servers[which]
    for (const headers of [asPage(server.url), { 'sec-fetch-site': 'same-origin' }]) {
      expect(await call(server, headers, tool, args)).toMatchObject({ success: false, error: 'FORBIDDEN' })
    }
    expect(await call(server, asPage(server.url), 'queue_stats')).toMatchObject({ paused: false, queued_count: 0 })
    expect(await call(server, asPage(server.url), 'list_datasets')).toMatchObject({ total: 0 })
  })

  test('and others may do what they could before', async () => {
    const server = servers[which]
    expect(await call(server, {}, 'queue_pause')).toMatchObject({ success: true, status: 'paused' })
    const elsewhere = { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }
    expect(await call(server, elsewhere, 'queue_resume')).toMatchObject({ success: true })
  })
})

test('with the token a page is its holder', async () => {
  await using http = await startHttp({ token: 'secret' })
  const headers = { origin: new URL(http.url).origin, authorization: 'Bearer secret' }
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } }
  await http.send({ body, headers: { ...headers, host: new URL(http.url).host } })
  expect(http.calls[0]?.evidence).toEqual({ kind: 'page', hasToken: true })
  const refused = await http.send({ body, headers: { origin: headers.origin, host: new URL(http.url).host } })
  expect(refused.status).toBe(401)
  expect(http.calls).toHaveLength(1)
})

test('what a page reads to show it is not counted among the calls', async () => {
  const count = async () => (await call(servers.owner, asPage(servers.owner.url), 'call_history')).total_calls
  const before = await count()
  await call(servers.owner, asPage(servers.owner.url), 'list_datasets')
  expect(await count()).toBe(before)
  await call(servers.owner, asPage(servers.owner.url), 'queue_pause')
  expect(await count()).toBe(before + 1)
})
