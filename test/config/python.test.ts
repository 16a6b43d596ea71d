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
