import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Config, type ConfigSources, loadConfig } from '../src/config.ts'

const NO_FILE = new Error('ENOENT')

/** Loads a configuration; `files` are the only files there are. */
function load(sources: Partial<ConfigSources> = {}, files: Record<string, string> = {}): Promise<Config> {
  const readFile = async (path: string) => files[path] ?? Promise.reject(NO_FILE)
  return loadConfig({ flags: {}, env: {}, cwd: '/project', home: '/home/alice', readFile, ...sources })
}

const fromFile = (yaml: string, more: Partial<ConfigSources> = {}) =>
  load({ ...more, flags: { config: 'etc/config.yaml', ...more.flags } }, { '/project/etc/config.yaml': yaml })

async function issuesOf(loading: Promise<Config>) {
  const error = await loading.then(
    () => undefined,
    error => error
  )
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
  return error.issues
}

test('without any source there are the defaults', async () => {
  expect(await load()).toEqual({
    server: {
      transport: 'stdio',
      host: '127.0.0.1',
      port: 3002,
      tool_timeout: 120,
      log_level: 'info',
      token_file: undefined,
      max_body_bytes: 16_777_216,
      max_concurrent: 256,
      allowed_hosts: [],
      allowed_origins: [],
      stop_timeout_s: 10
    },
    log: { format: 'auto' },
    data_dir: '/home/alice/.ipfs-datasets-mcp',
    roots: ['/project', '/home/alice/.ipfs-datasets-mcp'],
    expose: 'meta',
    fetch: { allow_http: false, allow_loopback: false },
    hub: { endpoint: 'https://huggingface.co', token_file: undefined },
    ipfs: { kubo_rpc: undefined, kubo_secret_file: undefined },
    limits: {
      general_concurrency: 16,
      general_queue: 256,
      p2p_concurrency: 64,
      p2p_queue: 1024,
      worker_processes: undefined,
      worker_queue: 64,
      worker_memory_mb: 512
    },
    p2p: {
      enabled: false,
      listen: ['/ip4/0.0.0.0/tcp/9710', '/ip4/0.0.0.0/tcp/9711/ws'],
      announce: [],
      bootstrap: [],
      mdns: true,
      work_for: [],
      max_frame_bytes: 16 * 1024 ** 2,
      max_requests_per_peer: 64,
      max_streams_per_peer: 32,
      max_bytes_per_peer: 64 * 1024 ** 2,
      max_connections_per_peer: 4,
      max_connections: 300,
      messages_per_second: 20_000,
      bytes_per_second: 256 * 1024 ** 2,
      replay_window_s: 300,
      replay_entries: 4096,
      allow: [],
      allow_tools: [],
      token_file: undefined,
      token_tools: [],
      line_protocol: false,
      strangers_per_second: 5,
      request_timeout_s: 120,
      idle_s: 300
    },
    queue: { keep_finished_days: 7, keep_finished: 100_000 },
    workers: { concurrency: 4, cancel_grace_s: 10 },
    cache: { max_entries: 10_000, max_bytes: 134_217_728 },
    alerts: { memory_percent: 90, disk_percent: 90, event_loop_ms: 500, error_percent: 50 },
    cluster: { url: undefined, token_file: undefined },
    telemetry: {
      endpoint: undefined,
      headers_file: undefined,
      traces: true,
      metrics: true,
      interval_s: 60,
      sampler: 'parentbased_always_on',
      sampler_arg: 1,
      service_name: undefined,
      resource: undefined,
      disabled: false
    },
    duckdb: { memory_limit: undefined, threads: undefined }
  })
})

test('a file outweighs defaults, the environment a file, flags the environment', async () => {
  const yaml = 'server: {port: 1001, host: localhost, tool_timeout: 7}\nlimits:\n  p2p_queue: 5\n'
  const env = { IPFS_DATASETS_MCP_SERVER_PORT: '1002', IPFS_DATASETS_MCP_SERVER__TOOL_TIMEOUT: '8' }
  expect((await fromFile(yaml)).server).toMatchObject({ port: 1001, host: 'localhost', tool_timeout: 7 })
  expect((await fromFile(yaml, { env })).server).toMatchObject({ port: 1002, host: 'localhost', tool_timeout: 8 })
  const config = await fromFile(yaml, { env, flags: { port: '1003' } })
  expect(config.server).toMatchObject({ port: 1003, host: 'localhost', tool_timeout: 8 })
  expect(config.limits.p2p_queue).toBe(5)
})

test('the file may be named by the environment, a flag outweighs it', async () => {
  const files = { '/a.yaml': 'server: {port: 1}', '/home/alice/b.yaml': 'server: {port: 2}' }
  const env = { IPFS_DATASETS_MCP_CONFIG: '/a.yaml' }
  expect((await load({ env }, files)).server.port).toBe(1)
  expect((await load({ env, flags: { config: '~/b.yaml' } }, files)).server.port).toBe(2)
})

test('paths start at the file that names them, or at the working directory, or at home', async () => {
  const config = await fromFile('data_dir: data\nroots: [in, ~/more, /abs, in]\nserver: {token_file: ../t}', {
    env: { IPFS_DATASETS_MCP_TOKEN: 't' }
  })
  expect(config).toMatchObject({
    data_dir: '/project/etc/data',
    roots: ['/project/etc/in', '/home/alice/more', '/abs', '/project/etc/data'],
    server: { token_file: '/project/t' }
  })
  const env = { IPFS_DATASETS_MCP_ROOTS: 'x, ~', IPFS_DATASETS_MCP_DATA_DIR: 'y' }
  expect(await load({ env, flags: { 'data-dir': '~/z' } })).toMatchObject({
    data_dir: '/home/alice/z',
    roots: ['/project/x', '/home/alice', '/home/alice/z']
  })
})

test('text is read as what the setting takes', async () => {
  const env = {
    IPFS_DATASETS_MCP_FETCH_ALLOW_HTTP: 'TRUE',
    IPFS_DATASETS_MCP_FETCH_ALLOW_LOOPBACK: '0',
    IPFS_DATASETS_MCP_SERVER_ALLOWED_HOSTS: 'a.example, b.example,',
    IPFS_DATASETS_MCP_SERVER_LOG_LEVEL: 'DEBUG',
    IPFS_DATASETS_MCP_DUCKDB_MEMORY_LIMIT: '1.5GB',
    IPFS_DATASETS_MCP_DUCKDB_THREADS: '2'
  }
  expect(await load({ env })).toMatchObject({
    fetch: { allow_http: true, allow_loopback: false },
    server: { allowed_hosts: ['a.example', 'b.example'], log_level: 'debug' },
    duckdb: { memory_limit: '1.5GB', threads: 2 }
  })
})

test('exposure is a word or names of categories', async () => {
  const exposed = async (expose: string) => (await load({ flags: { expose } })).expose
  expect(await exposed('flat')).toBe('flat')
  expect(await exposed('dataset_tools, ipfs_tools')).toEqual(['dataset_tools', 'ipfs_tools'])
  expect((await fromFile('expose: [dataset_tools]')).expose).toEqual(['dataset_tools'])
  expect(await issuesOf(load({ flags: { expose: ',' } }))).toHaveLength(1)
})

test('flags may stand for a value, and count only when they are set', async () => {
  expect((await load({ flags: { debug: true, http: true } })).server).toMatchObject({
    log_level: 'debug',
    transport: 'http'
  })
  expect((await load({ flags: { debug: false, port: undefined } })).server).toMatchObject({
    log_level: 'info',
    port: 3002
  })
})

test('an empty file, empty groups and empty values leave the defaults', async () => {
  for (const yaml of ['', '# nothing\n', 'server:\n', 'server: {}', 'server: {port: null}\nroots:\n']) {
    expect((await fromFile(yaml)).server.port, yaml).toBe(3002)
  }
})

test('everything wrong is told at once, with where it stands and what would be right', async () => {
  const loading = fromFile('server: {prot: 1, port: 99999, host: [a]}\nzzzzzzzzzzz: 1\nroots: {a: 1}\nfetch: 5', {
    env: { IPFS_DATASETS_MCP_SERVR_PORT: '1', IPFS_DATASETS_MCP_FETCH_ALLOW_HTTP: 'maybe', HOME: '/x' },
    flags: { port: 'many', 'log-levle': 'info', transport: true }
  })
  expect(await issuesOf(loading)).toEqual([
    { path: '/project/etc/config.yaml:server.prot', message: 'is not a setting', suggestion: 'server.port' },
    { path: '/project/etc/config.yaml:zzzzzzzzzzz', message: 'is not a setting' },
    { path: '/project/etc/config.yaml:roots.a', message: 'is not a setting', suggestion: 'roots' },
    { path: '/project/etc/config.yaml:fetch', message: 'is not a setting', suggestion: 'fetch.allow_http' },
    { path: 'IPFS_DATASETS_MCP_SERVR_PORT', message: 'is not a setting', suggestion: 'IPFS_DATASETS_MCP_SERVER_PORT' },
    { path: '--log-levle', message: 'is not a setting', suggestion: 'log-level' },
    { path: '/project/etc/config.yaml:server.port', message: 'takes a whole number from 0 to 65535' },
    { path: '/project/etc/config.yaml:server.host', message: 'takes a host name or address' },
    { path: 'IPFS_DATASETS_MCP_FETCH_ALLOW_HTTP', message: 'takes true or false' },
    { path: '--port', message: 'takes a whole number from 0 to 65535' },
    { path: '--transport', message: 'takes one of stdio, http' }
  ])
  await expect(loading).rejects.toThrow(/server\.prot is not a setting; try server\.port; .*--port takes/)
})

test.each([
  ['IPFS_DATASETS_MCP_SERVER_PORT', ['', ' ', '-1', '1.5', '65536', 'Infinity', '0x']],
  ['IPFS_DATASETS_MCP_SERVER_HOST', ['', 'a b', 'a/b', 'x'.repeat(254)]],
  ['IPFS_DATASETS_MCP_DUCKDB_MEMORY_LIMIT', ['lots', '0GB', '5', "1GB'; DROP"]],
  ['IPFS_DATASETS_MCP_SERVER_TOOL_TIMEOUT', ['0', '1e9']],
  ['IPFS_DATASETS_MCP_DATA_DIR', ['', 'a\0b']]
])('%s refuses what it cannot take', async (name, values) => {
  for (const value of values) {
    expect(await issuesOf(load({ env: { [name]: value } })), value).toMatchObject([{ path: name }])
  }
})

test('a file that is missing, is no YAML or holds no settings is named', async () => {
  expect(await issuesOf(load({ flags: { config: 'none.yaml' } }))).toMatchObject([{ path: '/project/none.yaml' }])
  for (const yaml of ['a: [1', 'a: 1\na: 2', '- 1', 'text', '"']) {
    expect(await issuesOf(fromFile(yaml)), yaml).toMatchObject([{ path: '/project/etc/config.yaml' }])
  }
  await expect(fromFile('server:\n  port: 1\n port: 2')).rejects.toThrow(/line \d/)
})

test('a key named like a part of every object changes nothing', async () => {
  const issues = await issuesOf(fromFile('__proto__: {port: 1}\nconstructor: 2\nserver: {toString: 3}'))
  expect(issues).toHaveLength(3)
})

test('a host that others can reach needs a token, for http only', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'example.com', '128.0.0.1', '127.example.com']) {
    expect(await issuesOf(load({ flags: { http: true, host } })), host).toMatchObject([{ path: 'server.host' }])
    expect((await load({ flags: { host } })).server.host).toBe(host)
    const config = await load({ flags: { http: true, host }, env: { IPFS_DATASETS_MCP_TOKEN: 'secret' } })
    expect(config.token).toBe('secret')
  }
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
    expect((await load({ flags: { http: true, host } })).token).toBeUndefined()
  }
})

test('the token comes from the environment or a file, and appears in no dump', async () => {
  const files = { '/project/token': 'from-file\n' }
  const env = { IPFS_DATASETS_MCP_SERVER_TOKEN_FILE: 'token' }
  expect((await load({ env }, files)).token).toBe('from-file')
  const config = await load({ env: { ...env, IPFS_DATASETS_MCP_TOKEN: 'from-environment' } }, files)
  expect(config.token).toBe('from-environment')
  for (const dump of [JSON.stringify(config), inspect(config, { depth: 9 }), JSON.stringify({ ...config })]) {
    expect(dump).not.toContain('from-environment')
  }
  expect(await issuesOf(load({ flags: { token: 'x' } }))).toMatchObject([{ path: '--token' }])
  expect(await issuesOf(fromFile('server: {token: x}'))).toMatchObject([{ message: 'is not a setting' }])
})

test('a token that cannot be read or sent is refused without being shown', async () => {
  const env = { IPFS_DATASETS_MCP_SERVER_TOKEN_FILE: 'token' }
  expect(await issuesOf(load({ env }))).toMatchObject([{ path: 'server.token_file (/project/token)' }])
  expect(await issuesOf(load({ env }, { '/project/token': ' \n' }))).toHaveLength(1)
  for (const token of ['', 'two words', 'sécret', 'a\nb']) {
    const loading = load({ env: { IPFS_DATASETS_MCP_TOKEN: token } })
    expect(await issuesOf(loading)).toMatchObject([{ path: 'IPFS_DATASETS_MCP_TOKEN' }])
    if (token) await expect(loading).rejects.not.toThrow(token)
  }
})

test('a configuration cannot be changed', async () => {
  const config = await load()
  const attempts = [config, config.server, config.roots, config.server.allowed_hosts]
  for (const part of attempts) expect(Object.isFrozen(part)).toBe(true)
})

describe('the token of peers', () => {
  const file = { '/t': 'from-the-file\n' }
  const flags = { config: '/c.yaml' }
  const sources = (mode: number) => ({
    flags,
    env: {},
    cwd: '/project',
    home: '/home/alice',
    readFile: async (path: string) =>
      ({ ...file, '/c.yaml': 'p2p: {token_file: /t}' })[path] ?? Promise.reject(new Error()),
    modeOf: async () => mode
  })

  test('comes from a file that only its owner can read, and stands in no dump', async () => {
    const config = await loadConfig(sources(0o600))
    expect(config.p2pToken).toBe('from-the-file')
    expect(JSON.stringify(config)).not.toContain('from-the-file')
  })

  test.each([0o640, 0o604, 0o666])('a file of mode %o is refused with the cure', async mode => {
    await expect(loadConfig(sources(mode))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      issues: [{ path: 'p2p.token_file (/t)', message: expect.stringContaining('chmod 600 /t') }]
    })
  })

  test('a file that is not there is told', async () => {
    const readFile = async (path: string) =>
      path === '/c.yaml' ? 'p2p: {token_file: /none}' : Promise.reject(new Error())
    await expect(loadConfig({ ...sources(0o600), readFile })).rejects.toMatchObject({
      issues: [{ path: 'p2p.token_file (/none)', message: 'names a file that cannot be read' }]
    })
  })
})

describe('the variables of OpenTelemetry', () => {
  test('mean what they mean everywhere, and the own ones outweigh them', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20tell-nobody, x-tenant=a',
      OTEL_SERVICE_NAME: 'datasets-east',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_METRIC_EXPORT_INTERVAL: '15000',
      OTEL_METRICS_EXPORTER: 'none',
      IPFS_DATASETS_MCP_TELEMETRY_SAMPLER_ARG: '0.5'
    }
    const config = await load({ env })
    expect(config.telemetry).toMatchObject({
      endpoint: 'http://127.0.0.1:4318',
      service_name: 'datasets-east',
      resource: 'deployment.environment.name=test',
      sampler: 'traceidratio',
      sampler_arg: 0.5,
      interval_s: 15,
      metrics: false,
      traces: true
    })
    expect(config.telemetryHeaders).toEqual({ authorization: 'Bearer tell-nobody', 'x-tenant': 'a' })
    expect(inspect(config)).not.toContain('tell-nobody')
    expect(JSON.stringify(config)).not.toContain('tell-nobody')
  })

  test('that are wrong are named with what would be right, and without a secret', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317',
      OTEL_TRACES_SAMPLER: 'xray',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization: secret'
    }
    const issues: { path: string; message: string }[] = await issuesOf(load({ env }))
    expect(issues.map(({ path }) => path).sort()).toEqual(Object.keys(env).sort())
    expect(JSON.stringify(issues)).toContain('parentbased_traceidratio')
    expect(JSON.stringify(issues)).not.toContain('secret')
  })
})

describe('the secret of Kubo', () => {
  const SECRET = 'bearer:tell-nobody'

  test.each([
    ['http://127.0.0.1:5001', true],
    ['http://[::1]:5001', true],
    ['http://localhost:5001/behind', true],
    ['https://kubo.example', true],
    ['http://kubo.example:5001', false],
    ['http://192.168.1.5:5001', false]
  ])('goes to %s: %s', async (url, isAllowed) => {
    const env = { IPFS_DATASETS_MCP_IPFS_KUBO_RPC: url, IPFS_DATASETS_MCP_IPFS_KUBO_SECRET: SECRET }
    if (!isAllowed) {
      const issues = await issuesOf(load({ env }))
      expect(issues).toMatchObject([{ path: 'ipfs.kubo_rpc', message: expect.stringContaining('in the clear') }])
      expect(JSON.stringify(issues)).not.toContain('tell-nobody')
      return
    }
    const config = await load({ env })
    expect(config.kuboSecret).toBe(SECRET)
    expect(JSON.stringify(config)).not.toContain('tell-nobody')
  })

  test('for a cluster is kept in the same way', async () => {
    const env = (url: string) => ({
      IPFS_DATASETS_MCP_CLUSTER_URL: url,
      IPFS_DATASETS_MCP_CLUSTER_AUTHORIZATION: 'Basic tell-nobody'
    })
    expect(await issuesOf(load({ env: env('http://cluster.example:9094') }))).toMatchObject([
      { path: 'cluster.url', message: expect.stringContaining('in the clear') }
    ])
    const config = await load({ env: env('http://127.0.0.1:9094') })
    expect(config.clusterAuthorization).toBe('Basic tell-nobody')
    expect(JSON.stringify(config)).not.toContain('tell-nobody')
  })

  test('is not a part of the URL', async () => {
    const env = { IPFS_DATASETS_MCP_IPFS_KUBO_RPC: 'http://us:secret@127.0.0.1:5001' }
    expect(await issuesOf(load({ env }))).toMatchObject([{ message: expect.stringContaining('http or https URL') }])
  })
})
