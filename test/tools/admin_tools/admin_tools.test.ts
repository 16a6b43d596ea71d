/** Settings that take effect, services, maintenance: through the shipping dispatcher. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { KEYS } from '../../../src/config/settings.ts'
import { loadConfig } from '../../../src/config.ts'
import { openNode } from '../../helpers/open-node.ts'
import { createWorkspace } from '../../helpers/processes.ts'

const update = (config_updates: object) => ({ action: 'update', config_updates })

test('a setting that takes effect now does so: the cache keeps no more than it may', async () => {
  await using node = await openNode()
  for (const key of ['a', 'b', 'c']) await node.call('cache_set', { key, value: 1 })
  expect(await node.call('update_configuration', update({ 'cache.max_entries': 2 }))).toMatchObject({
    changed: true,
    restart_needed: false,
    settings: [{ key: 'cache.max_entries', value: 2, source: 'saved' }]
  })
  await node.call('cache_set', { key: 'd', value: 1 })
  expect(await node.call('cache_stats')).toMatchObject({ entries: 2, limits: { max_entries: 2 } })
  expect(await node.call('update_configuration', { action: 'restore' })).toMatchObject({
    settings: [{ value: 10_000 }]
  })
  expect(await node.call('cache_stats')).toMatchObject({ limits: { max_entries: 10_000 } })
})

test('a shorter time limit ends the next call', async () => {
  await using node = await openNode()
  await node.call('configure_system', { action: 'set', settings: { 'server.tool_timeout': 1 } })
  await node.call('load_dataset', { source: [{ a: 1 }], options: { dataset_id: 'one' } })
  const sql = 'SELECT count(*) AS n FROM range(10000000) a, range(1000000) b WHERE a.range + b.range = -1'
  expect(await node.call('query_dataset', { dataset_id: 'one', sql })).toMatchObject({ error: 'DEADLINE_EXCEEDED' })
})

test('what is saved holds after a restart, is outweighed by the environment, and outweighs the file', async () => {
  await using workspace = await createWorkspace()
  const path = join(workspace.dataDir, 'settings.json')
  await using node = await openNode({}, workspace)
  const set = { 'workers.concurrency': 2, 'server.tool_timeout': 30 }
  const answer = await node.call('configure_system', { action: 'set', settings: set })
  expect(answer).toMatchObject({
    restart_needed: true,
    settings: [{ value: 4, saved: 2, needs_restart: true }, { value: 30 }]
  })
  const load = (env: Record<string, string>) =>
    loadConfig({
      flags: { 'data-dir': workspace.dataDir, config: 'config.yaml' },
      env,
      cwd: workspace.cwd,
      home: workspace.cwd,
      readFile: async () => 'server:\n  tool_timeout: 60\n',
      readSaved: file => readFile(file, 'utf8')
    })
  const again = await load({ IPFS_DATASETS_MCP_WORKERS_CONCURRENCY: '7' })
  expect([again.workers.concurrency, again.server.tool_timeout]).toEqual([7, 30])
  expect(again.sources.get('server.tool_timeout')).toContain('settings.json')
  for (const values of [{ 'fetch.allow_loopback': true }, { nonsense: 1 }, { 'server.tool_timeout': 0 }]) {
    await writeFile(path, JSON.stringify({ values }))
    await expect(load({})).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  }
  await writeFile(path, 'no JSON')
  await expect(load({})).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('a change that is wrong in one place changes nothing in any', async () => {
  await using node = await openNode()
  const changes = { 'cache.max_entries': 5, 'server.tool_timeout': 1e9, 'server.log_level': 'loud' }
  const refused = await node.call('update_configuration', update(changes))
  expect(refused).toMatchObject({
    error: 'INVALID_INPUT',
    issues: [{ path: '/server.tool_timeout' }, { path: '/server.log_level' }]
  })
  expect(await node.call('cache_stats')).toMatchObject({ limits: { max_entries: 10_000 } })
  expect(await node.call('configure_system', { action: 'set', settings: { 'server.tool_timout': 5 } })).toMatchObject({
    error: 'INVALID_INPUT',
    message: expect.stringContaining('"server.tool_timeout"')
  })
  const tried = await node.call('configure_system', {
    action: 'set',
    settings: { 'cache.max_entries': 5 },
    validate_only: true
  })
  expect(tried).toMatchObject({ changed: false, settings: [{ value: 10_000, saved: 5 }] })
})

test.each([
  ['fetch.allow_loopback', true],
  ['roots', ['/']],
  ['data_dir', '/tmp'],
  ['p2p.enabled', true],
  ['server.host', '0.0.0.0'],
  ['server.token_file', '/etc/hostname'],
  ['cluster.url', 'http://10.0.0.1']
])('%s says who may reach what, and is changed by no tool', async (key, value) => {
  await using node = await openNode()
  const changes = { [key]: value }
  expect(await node.call('update_configuration', update(changes))).toMatchObject({ error: 'FORBIDDEN' })
  const set = await node.call('configure_system', { action: 'set', settings: changes })
  expect(set).toMatchObject({ error: 'FORBIDDEN' })
})

test('every setting is listed with what it takes and when it takes effect', async () => {
  await using node = await openNode()
  const { settings } = await node.call('configure_system', { action: 'list' })
  expect(Array.isArray(settings) && settings.map(({ key }) => key)).toEqual(KEYS)
  expect(await node.call('configure_system', { action: 'list', config_key: 'cache.' })).toMatchObject({
    settings: [{}, {}]
  })
})

test('a service in use is not stopped unless that is forced; what stands on it stops too, and both start again', async () => {
  await using node = await openNode()
  await node.call('load_dataset', { source: [{ a: 1 }], options: { dataset_id: 'one' } })
  const sql = 'SELECT count(*) AS n FROM range(10000000) a, range(1000000) b WHERE a.range + b.range = -1'
  const cancel = new AbortController()
  const running = node.call('duckdb_query', { sql, handle_id: 'long' }, cancel.signal)
  await expect.poll(() => node.call('duckdb_query_status', { handle_id: 'long' })).toMatchObject({ success: true })
  const stop = { service_name: 'datasets', action: 'stop' }
  expect(await node.call('manage_service', stop)).toMatchObject({
    error: 'BUSY',
    message: expect.stringContaining('duckdb_query')
  })
  expect(await node.call('manage_service', { ...stop, force: true })).toMatchObject({
    stopped: ['queries', 'datasets']
  })
  expect(await running).toMatchObject({ error: 'CANCELLED' })
  expect(await node.call('manage_service', { service_name: 'datasets', action: 'status' })).toMatchObject({
    service: { state: 'idle' }
  })
  expect(await node.call('query_dataset', { dataset_id: 'one', sql: 'SELECT a FROM dataset' })).toMatchObject({
    rows: [{ a: 1 }]
  })
})

test('what must end by its own rules is not stopped, nor what it stands on while it runs', async () => {
  await using node = await openNode()
  await node.call('task_list')
  for (const service_name of ['queue', 'system', 'settings', 'blocks', 'catalog'])
    expect(await node.call('manage_service', { service_name, action: 'stop' }), service_name).toMatchObject({
      error: 'UNSUPPORTED'
    })
})

test('cleaning up ends idle engines and kept results, and data stays', async () => {
  await using node = await openNode()
  await node.call('load_dataset', { source: [{ a: 1 }, { a: 2 }], options: { dataset_id: 'two' } })
  await node.call('duckdb_query', { sql: 'SELECT a FROM two', page_size: 1, handle_id: 'h' })
  expect(await node.call('cleanup_resources', { cleanup_type: 'full' })).toMatchObject({ success: true, in_use: [] })
  expect(await node.call('duckdb_query_page', { handle_id: 'h' })).toMatchObject({ error: 'NOT_FOUND' })
  expect(await node.call('duckdb_query', { sql: 'SELECT count(*) AS n FROM two' })).toMatchObject({ rows: [{ n: 2 }] })
})

test('maintenance that is cancelled is cancelled, and what is pinned is there', async () => {
  await using node = await openNode()
  const { cid } = await node.call('pin_to_ipfs', { content_source: 'hello world' })
  expect(await node.call('system_maintenance', { operation: 'all' }, AbortSignal.abort())).toMatchObject({
    error: 'CANCELLED'
  })
  expect(await node.call('system_maintenance', { action: 'all' })).toMatchObject({ success: true, removed_blocks: 0 })
  expect(await node.call('ipfs_cat', { cid })).toMatchObject({ content: 'hello world' })
})

test('endpoints outlive a restart, and checking one goes only where the fetcher may', async () => {
  await using workspace = await createWorkspace()
  {
    await using node = await openNode({}, workspace)
    await node.call('manage_endpoints', { action: 'add', model: 'm', endpoint: 'https://127.0.0.1/v1' })
  }
  await using node = await openNode({}, workspace)
  expect(await node.call('manage_endpoints', { action: 'list' })).toMatchObject({ endpoints: [{ model: 'm' }] })
  const checked = await node.call('manage_endpoints', { action: 'check', model: 'm' })
  expect(checked).toMatchObject({ endpoints: [{ answers: false, problem: expect.stringContaining('loopback') }] })
  expect(await node.call('manage_endpoints', { action: 'remove', model: 'm' })).toMatchObject({
    removed: 1,
    endpoints: []
  })
  expect(await node.call('manage_endpoints', { action: 'remove', model: 'm' })).toMatchObject({ error: 'NOT_FOUND' })
  expect(await node.call('manage_endpoints', { action: 'add', model: 'm', endpoint: 'ftp://x' })).toMatchObject({
    error: 'INVALID_INPUT'
  })
})

test('the status is that of this process', async () => {
  await using node = await openNode()
  expect(await node.call('system_status')).toMatchObject({ pid: process.pid, node_version: process.versions.node })
  const status = await node.call('get_system_status', { format: 'markdown' })
  expect(status).toMatchObject({ success: true, report: expect.stringContaining('service system: running') })
})
