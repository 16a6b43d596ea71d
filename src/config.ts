/**
 * The configuration: defaults < YAML file < environment < flags, one schema, read once and frozen. Everything wrong is
 * reported together, each with where it came from. The access token is never a flag and appears in no dump.
 */
import { join, resolve } from 'node:path'
import {
  CONFIG_VARIABLE,
  type Entry,
  type Environment,
  type Flags,
  readConfigFile,
  readEnvironment,
  readFlags
} from './config/layers.ts'
import { readPairs } from './config/pairs.ts'
import { readSaved, savedPath } from './config/saved.ts'
import { isKey, KEYS, type Key, settingOf, type ValueOf } from './config/settings.ts'
import {
  CLUSTER_AUTHORIZATION,
  clearTextIssue,
  HUB_TOKEN,
  isLoopback,
  KUBO_SECRET,
  PEER_TOKEN,
  readToken,
  SERVER_TOKEN,
  TELEMETRY_HEADERS
} from './config/token.ts'
import { AppError, type Issue } from './core/errors.ts'

type Group<P extends string> = { readonly [K in Key as K extends `${P}.${infer Name}` ? Name : never]: ValueOf<K> }

export interface Config {
  readonly server: Group<'server'>
  readonly log: Group<'log'>
  /** Absolute. */
  readonly data_dir: string
  /** Absolute; the data directory is one of them. */
  readonly roots: readonly string[]
  readonly expose: ValueOf<'expose'>
  readonly fetch: Group<'fetch'>
  readonly hub: Group<'hub'>
  readonly ipfs: Group<'ipfs'>
  readonly limits: Group<'limits'>
  readonly p2p: Group<'p2p'>
  readonly queue: Group<'queue'>
  readonly workers: Group<'workers'>
  readonly cache: Group<'cache'>
  readonly alerts: Group<'alerts'>
  readonly cluster: Group<'cluster'>
  readonly telemetry: Group<'telemetry'>
  readonly duckdb: Group<'duckdb'>
  /** Where each setting that is not its default came from. Not enumerable. */
  readonly sources: ReadonlyMap<string, string>
  /** The access token. Not enumerable, so that logging or storing a configuration never shows it. */
  readonly token: string | undefined
  /** What nodes in Python show to be trusted. Not enumerable either. */
  readonly p2pToken: string | undefined
  /** For the Hugging Face hub. Not enumerable either. */
  readonly hubToken: string | undefined
  /** For the telemetry collector. Not enumerable either. */
  readonly telemetryHeaders: Readonly<Record<string, string>>
  /** For the RPC of Kubo. Not enumerable either. */
  readonly kuboSecret: string | undefined
  /** The `Authorization` header for the IPFS cluster. Not enumerable either. */
  readonly clusterAuthorization: string | undefined
}

export interface ConfigSources {
  /** By name, without dashes. */
  flags: Flags
  env: Environment
  cwd: string
  home: string
  readFile(path: string): Promise<string>
  /** Settings that tools saved in the data directory; undefined if there are none. */
  readSaved?(path: string): Promise<string | undefined>
  /** The permission bits of a file, where the system has them. */
  modeOf?(path: string): Promise<number>
}

/** @throws CONFIG_INVALID with an issue for everything that is wrong. */
export async function loadConfig({ flags, env, cwd, home, ...files }: ConfigSources): Promise<Config> {
  const toPath = (text: string, base: string) =>
    /^~(\/|$)/.test(text) ? join(home, text.slice(1)) : resolve(base, text)
  const file = flags.config ?? env[CONFIG_VARIABLE]
  const layers = [readEnvironment(env, cwd), readFlags(flags, cwd)]
  if (typeof file === 'string' && file !== '') layers.unshift(await readConfigFile(toPath(file, cwd), files.readFile))

  const issues = layers.flatMap(layer => layer.issues)
  const sources = new Map<string, string>()
  const values = new Map<Key, unknown>()
  const set = (key: Key, value: unknown, base: string) =>
    values.set(key, settingOf(key).isPath ? mapText(value, text => toPath(text, base)) : value)
  for (const key of KEYS.filter(isKey)) set(key, settingOf(key).fallback, cwd)
  const take = (entry: Entry) => {
    const { schema, read, takes } = settingOf(entry.key)
    const result = schema.safeParse(typeof entry.value === 'string' ? read(entry.value) : entry.value)
    if (result.success) {
      set(entry.key, result.data, entry.base)
      sources.set(entry.key, entry.source)
    } else issues.push({ path: entry.source, message: `takes ${takes}` })
  }
  for (const entry of layers.flatMap(layer => layer.entries)) take(entry)

  // Where they lie is itself a setting, so they come last, and give way to what outweighs them.
  const path = savedPath(String(values.get('data_dir')))
  const text = await files.readSaved?.(path)
  const saved = text === undefined ? undefined : readSaved(text, path)
  const outweighing = new Set(layers.slice(-2).flatMap(layer => layer.entries.map(({ key }) => key)))
  issues.push(...(saved?.issues ?? []))
  for (const entry of saved?.entries ?? []) if (!outweighing.has(entry.key)) take(entry)

  // Each value was checked by the schema of its key, or is its default.
  const get = <K extends Key>(key: K) => values.get(key) as ValueOf<K>
  const { token, issue } = await readToken(SERVER_TOKEN, env, get('server.token_file'), files)
  const forPeers = await readToken(PEER_TOKEN, env, get('p2p.token_file'), files)
  const forHub = await readToken(HUB_TOKEN, env, get('hub.token_file'), files)
  const forTelemetry = await readToken(TELEMETRY_HEADERS, env, get('telemetry.headers_file'), files)
  const forKubo = await readToken(KUBO_SECRET, env, get('ipfs.kubo_secret_file'), files)
  const forCluster = await readToken(CLUSTER_AUTHORIZATION, env, get('cluster.token_file'), files)
  const faults = [
    ...[forPeers, forHub, forTelemetry, forKubo, forCluster].map(secret => secret.issue),
    clearTextIssue('ipfs.kubo_rpc', get('ipfs.kubo_rpc'), forKubo.token),
    clearTextIssue('cluster.url', get('cluster.url'), forCluster.token)
  ]
  issues.push(...faults.filter(fault => fault !== undefined))
  if (issue) issues.push(issue)
  else if (get('server.transport') === 'http' && !isLoopback(get('server.host')) && token === undefined) {
    issues.push({
      path: 'server.host',
      message: `at ${get('server.host')} others can reach the server, so an access token is required`,
      suggestion: `setting ${SERVER_TOKEN.variables[0]} or server.token_file, or the host 127.0.0.1`
    })
  }
  if (issues.length > 0) throw invalid(issues)
  values.set('roots', [...new Set([...get('roots'), get('data_dir')])])
  return toConfig(values, {
    token,
    p2pToken: forPeers.token,
    hubToken: forHub.token,
    telemetryHeaders: readPairs(forTelemetry.token ?? '') ?? {},
    kuboSecret: forKubo.token,
    clusterAuthorization: forCluster.token,
    sources
  })
}

function mapText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  return Array.isArray(value) ? value.map(item => mapText(item, change)) : value
}

type Hidden = Pick<
  Config,
  'token' | 'p2pToken' | 'hubToken' | 'telemetryHeaders' | 'kuboSecret' | 'clusterAuthorization' | 'sources'
>

function toConfig(values: Map<Key, unknown>, hidden: Hidden): Config {
  const groups: Record<string, Record<string, unknown>> = {}
  const root: Record<string, unknown> = {}
  for (const [key, value] of values) {
    const [group = '', name] = key.split('.')
    const frozen = Array.isArray(value) ? Object.freeze(value) : value
    if (name === undefined) root[group] = frozen
    else groups[group] = { ...groups[group], [name]: frozen }
  }
  for (const [name, group] of Object.entries(groups)) root[name] = Object.freeze(group)
  for (const [name, value] of Object.entries(hidden)) Object.defineProperty(root, name, { value, enumerable: false })
  // The table of settings gives both the keys walked here and the type.
  return Object.freeze(root) as unknown as Config
}

function invalid(issues: Issue[]): AppError {
  const lines = issues.map(
    ({ path, message, suggestion }) => `${path} ${message}${suggestion ? `; try ${suggestion}` : ''}`
  )
  return new AppError('CONFIG_INVALID', `The configuration is not valid: ${lines.join('; ')}`, { issues })
}
