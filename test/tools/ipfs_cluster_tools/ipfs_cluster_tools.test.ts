/** Pins on a cluster, against a server that speaks its REST API, and without one. */
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startClusterServer } from '../../helpers/cluster-server.ts'
import { openNode } from '../../helpers/open-node.ts'
import { createWorkspace } from '../../helpers/processes.ts'

const HELLO = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const variable = (name: string) => `IPFS_DATASETS_MCP_CLUSTER__${name}`

test('nodes, pins and their states are those of the cluster', async () => {
  await using server = await startClusterServer()
  await using node = await openNode({ [variable('URL')]: server.url })
  const call = (args: object) => node.call('manage_ipfs_cluster', args)
  expect(await call({ action: 'status' })).toMatchObject({ backend: 'cluster', note: null, version: '1.1.0' })
  expect(await call({ action: 'list_nodes' })).toMatchObject({ nodes: [{ node_id: '12D3KooA' }, {}, {}] })
  const pinned = await call({ action: 'pin', cid: HELLO, replication_factor: 2 })
  expect(pinned).toMatchObject({
    pins: [{ cid: HELLO, nodes: [{ pin_status: 'pinned' }, { pin_status: 'pinned' }, { pin_status: 'remote' }] }]
  })
  expect(server.pins.get(HELLO)).toMatchObject({ replicas: 2 })
  expect(await call({ action: 'list_pins' })).toMatchObject({ total: 1, pins: [{ cid: HELLO }] })
  expect(await call({ action: 'list_pins', filters: { status: 'pin_error' } })).toMatchObject({ total: 0 })
  expect(await call({ action: 'recover', cid: HELLO })).toMatchObject({ pins: [{ cid: HELLO }] })
  expect(await call({ action: 'remove_node', node_id: '12D3KooC' })).toMatchObject({ nodes: [{}, {}] })
  expect(await call({ action: 'unpin', cid: HELLO })).toMatchObject({ success: true })
  expect(server.pins.size).toBe(0)
  expect(await call({ action: 'unpin', cid: HELLO })).toMatchObject({
    error: 'NOT_FOUND',
    message: expect.stringContaining('pinset')
  })
})

test('content is uploaded to the cluster under the CID that it has here, and read back', async () => {
  await using server = await startClusterServer()
  await using node = await openNode({ [variable('URL')]: server.url })
  const content = 'x'.repeat(600_000)
  const uploaded = await node.call('manage_ipfs_content', { action: 'upload', content, metadata: { name: 'big' } })
  expect(uploaded).toMatchObject({ success: true, backend: 'cluster', size_bytes: 600_000 })
  expect(server.pins.get(String(uploaded.cid))).toMatchObject({ name: 'big' })
  expect(await node.call('manage_ipfs_content', { action: 'download', cid: uploaded.cid })).toMatchObject({
    truncated: true
  })
  server.forge(HELLO)
  expect(await node.call('manage_ipfs_content', { action: 'upload', content: 'other' })).toMatchObject({
    error: 'CID_MISMATCH'
  })
  expect(await node.call('ipfs_list_pins')).toMatchObject({ total: 1 })
})

test('the token goes along, and appears in no answer', async () => {
  await using server = await startClusterServer()
  await using workspace = await createWorkspace()
  const path = join(workspace.cwd, 'token')
  await writeFile(path, 'Basic c2VjcmV0\n', { mode: 0o600 })
  await using node = await openNode({ [variable('URL')]: server.url, [variable('TOKEN_FILE')]: path })
  const answer = await node.call('manage_ipfs_cluster', { action: 'status' })
  expect([...server.authorizations]).toEqual(['Basic c2VjcmV0'])
  expect(JSON.stringify(answer)).not.toContain('c2VjcmV0')
})

test('a call that is cancelled ends while the cluster is silent', async () => {
  await using server = await startClusterServer()
  await using node = await openNode({ [variable('URL')]: server.url })
  server.hang()
  const cancel = new AbortController()
  const pending = node.call('manage_ipfs_content', { action: 'upload', content: 'hello world' }, cancel.signal)
  await expect.poll(() => server.requests).toContain('POST /add')
  cancel.abort()
  expect(await pending).toMatchObject({ success: false, error: 'CANCELLED' })
  expect(await node.call('ipfs_list_pins')).toMatchObject({ total: 0 })
})

test('a cluster that is gone, that redirects, or that is none is said', async () => {
  await using node = await openNode({ [variable('URL')]: 'http://127.0.0.1:9' })
  expect(await node.call('manage_ipfs_cluster', { action: 'status' })).toMatchObject({ error: 'FETCH_FAILED' })
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/peers') response.writeHead(302, { location: '/elsewhere' }).end()
    else response.end('<html>')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  try {
    await using other = await openNode({ [variable('URL')]: `http://127.0.0.1:${port}` })
    expect(await other.call('manage_ipfs_cluster', { action: 'status' })).toMatchObject({ error: 'BAD_DATA' })
    expect(await other.call('manage_ipfs_cluster', { action: 'list_nodes' })).toMatchObject({ error: 'FETCH_FAILED' })
    expect(asked).toEqual(['/id', '/peers'])
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

test('without a cluster the pin set is that of this node, and every answer says so', async () => {
  await using node = await openNode()
  const call = (args: object) => node.call('manage_ipfs_cluster', args)
  await node.call('ipfs_add', { content: 'hello world' })
  expect(await call({ action: 'pin_status', cid: HELLO })).toMatchObject({
    pins: [{ nodes: [{ pin_status: 'unpinned' }] }]
  })
  expect(await call({ action: 'pin', cid: HELLO })).toMatchObject({
    backend: 'local',
    note: expect.stringContaining('cluster.url')
  })
  expect(await node.call('ipfs_list_pins')).toMatchObject({ total: 1 })
  expect(await call({ action: 'unpin', cid: HELLO })).toMatchObject({ backend: 'local' })
  expect(await node.call('ipfs_list_pins')).toMatchObject({ total: 0 })
  expect(await call({ action: 'remove_node', node_id: 'x' })).toMatchObject({ error: 'SERVICE_UNAVAILABLE' })
})

test.each([
  ['manage_ipfs_cluster', { action: 'pin' }, 'INVALID_INPUT'],
  ['manage_ipfs_cluster', { action: 'pin', cid: 'nonsense' }, 'INVALID_CID'],
  ['manage_ipfs_cluster', { action: 'pin', cid: HELLO }, 'NOT_FOUND'],
  ['manage_ipfs_cluster', { action: 'grow' }, 'INVALID_INPUT'],
  ['manage_ipfs_content', { action: 'upload' }, 'INVALID_INPUT'],
  ['manage_ipfs_content', { action: 'download', cid: HELLO }, 'NOT_FOUND']
])('%s %j is %s', async (tool, args, error) => {
  await using node = await openNode()
  expect(await node.call(tool, args)).toMatchObject({ success: false, error })
})
