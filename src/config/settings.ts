/** Every setting there is: its key, what it takes, its default, and its flag. The documentation table is held to this one. */
import * as z from 'zod/mini'
import { LOG_LEVELS } from '../core/log.ts'
import { SAMPLERS } from '../core/tracer.ts'
import { readPairs } from './pairs.ts'

export interface Setting<T = unknown> {
  schema: z.ZodMiniType<T>
  /** What would be right, completing "takes …". */
  takes: string
  /** Reads text, wherever it stands, into what the schema checks. Values of other types go to the schema as they are. */
  read: (text: string) => unknown
  fallback: T
  flag?: string
  /** Paths in it start at the file that names them, or at the working directory; `~/` is the home directory. */
  isPath?: true
}

type Extra = Pick<Setting, 'flag' | 'isPath'>

const asText = (text: string) => text.trim()
const asNumber = (text: string) => (text.trim() === '' ? text : Number(text))
const asList = (text: string) =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

function number<T extends number | undefined>(
  min: number,
  max: number,
  fallback: T,
  extra: Extra = {}
): Setting<number | T> {
  const schema = z.int().check(z.gte(min), z.lte(max))
  return { schema, takes: `a whole number from ${min} to ${max}`, read: asNumber, fallback, ...extra }
}

function oneOf<const T extends readonly string[]>(values: T, fallback: T[number], flag?: string): Setting<T[number]> {
  const read = (text: string) => asText(text).toLowerCase()
  return {
    schema: z.enum(values),
    takes: `one of ${values.join(', ')}`,
    read,
    fallback,
    ...(flag !== undefined && { flag })
  }
}

function text<T extends string | undefined>(
  pattern: RegExp,
  takes: string,
  fallback: T,
  extra: Extra = {}
): Setting<string | T> {
  return { schema: z.string().check(z.regex(pattern)), takes, read: asText, fallback, ...extra }
}

function list(takes: string, fallback: readonly string[], extra: Extra = {}): Setting<readonly string[]> {
  const item = z.string().check(z.regex(PATH))
  return { schema: z.array(item).check(z.maxLength(256)), takes, read: asList, fallback, ...extra }
}

function yesOrNo(fallback: boolean, extra: Extra = {}): Setting<boolean> {
  const read = (text: string) => ({ true: true, 1: true, false: false, 0: false })[asText(text).toLowerCase()] ?? text
  return { schema: z.boolean(), takes: 'true or false', read, fallback, ...extra }
}

/** A share of a whole. */
function ratio(fallback: number): Setting<number> {
  const schema = z.number().check(z.gte(0), z.lte(1))
  return { schema, takes: 'a number from 0 to 1', read: asNumber, fallback }
}

/** A text of `name=value` pairs. */
function pairs(): Setting<string | undefined> {
  const schema = z.string().check(
    z.maxLength(4096),
    z.refine(text => readPairs(text) !== undefined)
  )
  return { schema, takes: 'name=value pairs separated by commas', read: asText, fallback: undefined }
}

/** Two words that stand alone, or names of categories. */
function exposure(): Setting<'meta' | 'flat' | readonly string[]> {
  const categories = z.array(z.string().check(z.regex(/^[a-z][a-z0-9_]*$/))).check(z.minLength(1), z.maxLength(256))
  return {
    schema: z.union([z.enum(['meta', 'flat']), categories]),
    takes: 'meta, flat, or names of categories separated by commas',
    read: text => (/^(meta|flat)$/.test(asText(text)) ? asText(text) : asList(text)),
    fallback: 'meta',
    flag: 'expose'
  }
}

const HOST = /^[A-Za-z0-9._:-]{1,253}$/
const PATH = /^[^\0]{1,4095}$/
const ENDPOINT = /^https?:\/\/[^\s/?#@]+(\/[^\s?#]*[^\s?#/])?$/
const MEMORY = /^[1-9]\d*(\.\d+)? ?([KMGT]i?B|%)$/

export const SETTINGS = {
  'server.transport': oneOf(['stdio', 'http'], 'stdio', 'transport'),
  'server.host': text(HOST, 'a host name or address', '127.0.0.1', { flag: 'host' }),
  'server.port': number(0, 65_535, 3002, { flag: 'port' }),
  'server.tool_timeout': number(1, 86_400, 120),
  'server.log_level': oneOf(LOG_LEVELS, 'info', 'log-level'),
  'log.format': oneOf(['auto', 'json', 'text'], 'auto', 'log-format'),
  'server.token_file': text(PATH, 'the path of a file', undefined, { isPath: true }),
  'server.max_body_bytes': number(1024, 1024 ** 3, 16 * 1024 ** 2),
  'server.max_concurrent': number(1, 100_000, 256),
  'server.allowed_hosts': list('a list of host names', []),
  'server.allowed_origins': list('a list of origins such as https://app.example', []),
  'server.stop_timeout_s': number(0, 3600, 10),
  data_dir: text(PATH, 'the path of a directory', '~/.ipfs-datasets-mcp', { flag: 'data-dir', isPath: true }),
  roots: list('a list of directories', ['.'], { isPath: true }),
  expose: exposure(),
  'fetch.allow_http': yesOrNo(false),
  'fetch.allow_loopback': yesOrNo(false),
  'hub.endpoint': text(ENDPOINT, 'an http or https URL without a slash at the end', 'https://huggingface.co'),
  'hub.token_file': text(PATH, 'the path of a file', undefined, { isPath: true }),
  'ipfs.kubo_rpc': text(ENDPOINT, 'an http or https URL without a slash at the end', undefined),
  'ipfs.kubo_secret_file': text(PATH, 'the path of a file', undefined, { isPath: true }),
  'limits.general_concurrency': number(1, 10_000, 16),
  'limits.general_queue': number(0, 100_000, 256),
  'limits.p2p_concurrency': number(1, 10_000, 64),
  'limits.p2p_queue': number(0, 100_000, 1024),
  'p2p.enabled': yesOrNo(false, { flag: 'p2p' }),
  'p2p.listen': list('a list of multiaddrs', ['/ip4/0.0.0.0/tcp/9710', '/ip4/0.0.0.0/tcp/9711/ws']),
  'p2p.announce': list('a list of multiaddrs', []),
  'p2p.bootstrap': list('a list of multiaddrs', []),
  'p2p.mdns': yesOrNo(true),
  'p2p.allow': list('a list of peer ids', []),
  'p2p.allow_tools': list('a list of names of tools', []),
  'p2p.token_file': text(PATH, 'the path of a file', undefined, { isPath: true }),
  'p2p.token_tools': list('a list of names of tools', []),
  'p2p.line_protocol': yesOrNo(false),
  'p2p.work_for': list('a list of peer ids', [], { flag: 'work-for' }),
  'p2p.max_frame_bytes': number(1024, 1024 ** 3, 16 * 1024 ** 2),
  'p2p.max_requests_per_peer': number(1, 10_000, 64),
  'p2p.max_streams_per_peer': number(1, 1000, 32),
  'p2p.max_bytes_per_peer': number(1024, 1024 ** 4, 64 * 1024 ** 2),
  'p2p.max_connections_per_peer': number(1, 1000, 4),
  'p2p.max_connections': number(1, 100_000, 300),
  'p2p.messages_per_second': number(1, 10_000_000, 20_000),
  'p2p.bytes_per_second': number(65_536, 1024 ** 4, 256 * 1024 ** 2),
  'p2p.replay_window_s': number(1, 86_400, 300),
  'p2p.replay_entries': number(1, 1_000_000, 4096),
  'p2p.strangers_per_second': number(1, 1000, 5),
  'p2p.request_timeout_s': number(1, 86_400, 120),
  'p2p.idle_s': number(1, 86_400, 300),
  'limits.worker_processes': number(1, 1024, undefined),
  'limits.worker_queue': number(0, 100_000, 64),
  'limits.worker_memory_mb': number(16, 1_048_576, 512),
  'queue.keep_finished_days': number(0, 36_500, 7),
  'queue.keep_finished': number(0, 10_000_000, 100_000),
  'workers.concurrency': number(0, 1000, 4, { flag: 'concurrency' }),
  'workers.cancel_grace_s': number(0, 3600, 10),
  'cache.max_entries': number(1, 10_000_000, 10_000),
  'cache.max_bytes': number(1024, 1024 ** 4, 128 * 1024 ** 2),
  'alerts.memory_percent': number(0, 100, 90),
  'alerts.disk_percent': number(0, 100, 90),
  'alerts.event_loop_ms': number(0, 60_000, 500),
  'alerts.error_percent': number(0, 100, 50),
  'cluster.url': text(ENDPOINT, 'an http or https URL without a slash at the end', undefined),
  'cluster.token_file': text(PATH, 'the path of a file', undefined, { isPath: true }),
  'telemetry.endpoint': text(ENDPOINT, 'an http or https URL without a slash at the end', undefined),
  'telemetry.headers_file': text(PATH, 'the path of a file', undefined, { isPath: true }),
  'telemetry.traces': yesOrNo(true),
  'telemetry.metrics': yesOrNo(true),
  'telemetry.interval_s': number(1, 3600, 60),
  'telemetry.sampler': oneOf(SAMPLERS, 'parentbased_always_on'),
  'telemetry.sampler_arg': ratio(1),
  'telemetry.service_name': text(/^[^\0]{1,255}$/, 'a name', undefined),
  'telemetry.resource': pairs(),
  'telemetry.disabled': yesOrNo(false),
  'duckdb.memory_limit': text(MEMORY, 'an amount such as 2GB, 512MiB or 60%', undefined),
  'duckdb.threads': number(1, 1024, undefined)
} as const

export type Key = keyof typeof SETTINGS
export type ValueOf<K extends Key> = (typeof SETTINGS)[K] extends Setting<infer T> ? T : never

export const KEYS = Object.keys(SETTINGS)
export const isKey = (key: string): key is Key => Object.hasOwn(SETTINGS, key)
export const settingOf = (key: Key): Setting => SETTINGS[key]

export const ENV_PREFIX = 'IPFS_DATASETS_MCP_'

/** The environment variable of a key: `server.port` is IPFS_DATASETS_MCP_SERVER_PORT, or with `__` for the dot. */
export const variableOf = (key: Key, dot = '_') => ENV_PREFIX + key.replace('.', dot).toUpperCase()
