import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'

const load = (env: Record<string, string>, yaml?: string) =>
  loadConfig({
    flags: yaml === undefined ? {} : { config: '/c.yaml' },
    env,
    cwd: '/project',
    home: '/home/alice',
    readFile: async () => yaml ?? ''
  })

test('variables of the Python server keep their meaning', async () => {
  const config = await load({
    MCP_HOST: 'localhost',
    MCP_PORT: '8000',
    MCP_ALLOWED_HOSTS: 'a.example,b.example',
    MCP_CORS_ORIGINS: 'https://a.example',
    MCPPP_MAX_BODY_BYTES: '2048',
    MCPPP_EXEC_TIMEOUT_S: '30',
    LOG_LEVEL: 'WARNING'
  })
  expect(config.server).toMatchObject({
    host: 'localhost',
    port: 8000,
    allowed_hosts: ['a.example', 'b.example'],
    allowed_origins: ['https://a.example'],
    max_body_bytes: 2048,
    tool_timeout: 30,
    log_level: 'warn'
  })
})

test('debugging outweighs a level, and switched off says nothing', async () => {
  const level = async (env: Record<string, string>) => (await load(env)).server.log_level
  expect(await level({ MCP_DEBUG: 'True', LOG_LEVEL: 'ERROR' })).toBe('debug')
  expect(await level({ MCP_DEBUG: '0', LOG_LEVEL: 'CRITICAL' })).toBe('error')
})

test("this server's own variables outweigh those of the Python server, and both outweigh a file", async () => {
  const yaml = 'server: {port: 1}'
  expect((await load({ MCP_PORT: '2' }, yaml)).server.port).toBe(2)
  expect((await load({ MCP_PORT: '2', IPFS_DATASETS_MCP_SERVER_PORT: '3' }, yaml)).server.port).toBe(3)
})

test('a wrong value is told under the name of its variable; an empty one, and variables of no meaning here, are passed over', async () => {
  await expect(load({ MCP_PORT: 'x' })).rejects.toMatchObject({ issues: [{ path: 'MCP_PORT' }] })
  const config = await load({ MCP_PORT: '', MCP_WORKERS: '4', MCPPP_RATE_LIMIT_RPS: '1', JWT_SECRET_KEY: 'x' })
  expect(config.server.port).toBe(3002)
})

test('keys of a Python configuration file keep their meaning', async () => {
  const config = await load(
    {},
    'server: {verbose: true, port: 8000, tool_timeout: 60, transport: http}\ntools: {enabled_categories: [dataset_tools]}'
  )
  expect(config.server).toMatchObject({ log_level: 'debug', port: 8000, tool_timeout: 60, transport: 'http' })
  expect(config.expose).toEqual(['dataset_tools'])
  expect((await load({}, 'server: {log_level: WARNING, verbose: false}\ntools: {enabled_categories: []}')).expose).toBe(
    'meta'
  )
})

test('keys that mean nothing any more are told apart from typing errors', async () => {
  const yaml = 'server: {reload: true}\ntools: {dataset: {default_format: ipld}}\nipfs_kit: {integration: direct}'
  const issue = (key: string) => ({ path: `/c.yaml:${key}`, message: 'means nothing to this server; remove it' })
  await expect(load({}, yaml)).rejects.toMatchObject({
    issues: [issue('server.reload'), issue('tools.dataset.default_format'), issue('ipfs_kit.integration')]
  })
})

test('variables of its peer-to-peer keep their meaning, under both prefixes', async () => {
  const config = await load({
    ENABLE_MCPLUSPLUS: 'yes',
    IPFS_ACCELERATE_PY_TASK_P2P_LISTEN_HOST: '10.0.0.7',
    IPFS_ACCELERATE_PY_TASK_P2P_LISTEN_PORT: '9100',
    IPFS_DATASETS_PY_TASK_P2P_BOOTSTRAP_PEERS: '/ip4/10.0.0.8/tcp/1, /ip4/10.0.0.9/tcp/1',
    IPFS_DATASETS_PY_TASK_P2P_MDNS: 'off',
    IPFS_ACCELERATE_PY_TASK_P2P_ENABLE_LEGACY_PROTOCOL: '1',
    IPFS_DATASETS_PY_TASK_P2P_MAX_CONNECTIONS: '50',
    IPFS_DATASETS_PY_MCP_P2P_MAX_FRAME_BYTES: '1048576',
    IPFS_DATASETS_PY_MCP_P2P_RATE_REFILL_PER_SEC: '128',
    IPFS_DATASETS_PY_TASK_P2P_TOKEN: 'shared',
    MCPPP_P2P_ADVERTISE_ADDRS: '/ip4/192.0.2.1/tcp/9710'
  })
  expect(config.p2p).toMatchObject({
    enabled: true,
    listen: ['/ip4/10.0.0.7/tcp/9100'],
    bootstrap: ['/ip4/10.0.0.8/tcp/1', '/ip4/10.0.0.9/tcp/1'],
    mdns: false,
    line_protocol: true,
    max_connections: 50,
    max_frame_bytes: 1_048_576,
    messages_per_second: 128,
    announce: ['/ip4/192.0.2.1/tcp/9710']
  })
  expect(config.p2pToken).toBe('shared')
  expect(JSON.stringify(config)).not.toContain('shared')
})

test('a port alone listens on every interface; no bootstrap peers is a list of none', async () => {
  const config = await load({ IPFS_DATASETS_PY_MCP_P2P_PORT: '9100', MCPPP_P2P_BOOTSTRAP_PEERS: '0' })
  expect(config.p2p).toMatchObject({ listen: ['/ip4/0.0.0.0/tcp/9100'], bootstrap: [], enabled: false })
})

test.each([
  ['IPFS_ACCELERATE_PY_TASK_P2P_MDNS', { IPFS_DATASETS_PY_TASK_P2P_MDNS: '1', IPFS_ACCELERATE_PY_TASK_P2P_MDNS: '0' }],
  ['IPFS_DATASETS_PY_TASK_P2P_TOKEN', { IPFS_ACCELERATE_PY_TASK_P2P_TOKEN: 'a', IPFS_DATASETS_PY_TASK_P2P_TOKEN: 'b' }],
  [
    'IPFS_DATASETS_PY_TASK_P2P_LISTEN_PORT',
    { MCPPP_P2P_LISTEN_ADDRS: '/ip4/0.0.0.0/tcp/1', IPFS_DATASETS_PY_TASK_P2P_LISTEN_PORT: '2' }
  ]
])('%s that contradicts another is told, and its value is not', async (path, env) => {
  await expect(load(env)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    issues: [{ path, message: expect.stringContaining('says something else than') }]
  })
})

test('the same under both prefixes is no contradiction', async () => {
  const env = { IPFS_DATASETS_PY_TASK_P2P_MDNS: 'no', IPFS_ACCELERATE_PY_TASK_P2P_MDNS: '0' }
  expect((await load(env)).p2p.mdns).toBe(false)
})

test.each([
  ['ENABLE_MCPLUSPLUS', 'perhaps'],
  ['IPFS_DATASETS_PY_TASK_P2P_MAX_CONNECTIONS', 'many'],
  ['IPFS_DATASETS_PY_MCP_P2P_MAX_FRAME_BYTES', '1']
])('%s=%s is refused by its name', async (name, value) => {
  await expect(load({ [name]: value })).rejects.toMatchObject({ issues: [{ path: name }] })
})
