/** Secrets: where they come from, and when there must be one. */
import { isIPv4 } from 'node:net'
import type { Issue } from '../core/errors.ts'
import { readPairs } from './pairs.ts'
import { ENV_PREFIX } from './settings.ts'

export interface TokenSource {
  /** This server's own first, then those of the Python server. */
  variables: readonly [string, ...string[]]
  setting: string
  /** Whether a file that others can read is refused. */
  isPrivate?: true
  /** What it looks like, where it is no token, completing "takes …". */
  form?: { isRight: (text: string) => boolean; takes: string }
  /** An empty variable says nothing. */
  mayBeEmpty?: true
}

export const TOKEN_VARIABLE = `${ENV_PREFIX}TOKEN`
export const SERVER_TOKEN: TokenSource = { variables: [TOKEN_VARIABLE], setting: 'server.token_file' }
export const PEER_TOKEN: TokenSource = {
  variables: [`${ENV_PREFIX}P2P_TOKEN`, 'IPFS_ACCELERATE_PY_TASK_P2P_TOKEN', 'IPFS_DATASETS_PY_TASK_P2P_TOKEN'],
  setting: 'p2p.token_file',
  isPrivate: true
}
/** As the programs of the hub call it. */
export const HUB_TOKEN: TokenSource = { variables: ['HF_TOKEN'], setting: 'hub.token_file', mayBeEmpty: true }
/** As every program with OpenTelemetry has it. */
export const TELEMETRY_HEADERS: TokenSource = {
  variables: ['OTEL_EXPORTER_OTLP_HEADERS'],
  setting: 'telemetry.headers_file',
  isPrivate: true,
  mayBeEmpty: true,
  form: { isRight: text => readPairs(text) !== undefined, takes: 'headers as name=value, separated by commas' }
}
/** For the RPC of Kubo, as its API.Authorizations has it. */
export const KUBO_SECRET: TokenSource = {
  variables: [`${ENV_PREFIX}IPFS_KUBO_SECRET`],
  setting: 'ipfs.kubo_secret_file',
  isPrivate: true
}
/** For the REST API of an IPFS cluster: the whole `Authorization` header. */
export const CLUSTER_AUTHORIZATION: TokenSource = {
  variables: [`${ENV_PREFIX}CLUSTER_AUTHORIZATION`],
  setting: 'cluster.token_file',
  isPrivate: true,
  form: { isRight: text => /^[\x20-\x7e]{1,4096}$/.test(text), takes: 'one line of visible ASCII characters' }
}
export const TOKEN_VARIABLES = [SERVER_TOKEN, PEER_TOKEN, KUBO_SECRET, CLUSTER_AUTHORIZATION].flatMap(
  ({ variables }) => variables
)

export interface TokenFiles {
  readFile(path: string): Promise<string>
  modeOf?(path: string): Promise<number>
}

/** What an HTTP header can carry as a bearer token. */
const TOKEN = /^[\x21-\x7e]{1,4096}$/
const TOKEN_FORM = {
  isRight: (text: string) => TOKEN.test(text),
  takes: 'one line of visible ASCII characters without spaces'
}
const OTHERS = 0o077

/** From the environment, or else from the file. What is wrong is told without the token. */
export async function readToken(
  { variables, setting, isPrivate, mayBeEmpty, form = TOKEN_FORM }: TokenSource,
  env: Record<string, string | undefined>,
  file: string | undefined,
  files: TokenFiles
): Promise<{ token: string | undefined; issue?: Issue }> {
  const refuse = (path: string, message: string) => ({ token: undefined, issue: { path, message } })
  // An empty variable of the Python server says nothing, as there; an own one is a mistake.
  const isGiven = (variable: string) =>
    env[variable] !== undefined && (env[variable] !== '' || (variable === variables[0] && !mayBeEmpty))
  const [name, ...others] = variables.filter(isGiven)
  const contrary = others.find(other => name !== undefined && env[other] !== env[name])
  if (contrary !== undefined) return refuse(contrary, `says something else than ${name}`)
  if (name === undefined && file === undefined) return { token: undefined }
  const path = name ?? `${setting} (${file})`
  const text = name === undefined ? await files.readFile(file ?? '').catch(() => undefined) : env[name]
  if (text === undefined) return refuse(path, 'names a file that cannot be read')
  const mode = name === undefined && isPrivate ? await files.modeOf?.(file ?? '') : undefined
  if (mode !== undefined && (mode & OTHERS) !== 0) {
    return refuse(path, `names a file that others can read; run: chmod 600 ${file}`)
  }
  const token = text.trim()
  return form.isRight(token) ? { token } : refuse(path, `takes ${form.takes}`)
}

/** What is wrong with sending a secret there: over HTTP it may go to this machine only. */
export function clearTextIssue(path: string, url: string | undefined, secret: string | undefined): Issue | undefined {
  const target = url === undefined ? null : URL.parse(url)
  if (secret === undefined || target?.protocol !== 'http:') return undefined
  if (isLoopback(target.hostname.replace(/^\[|\]$/g, ''))) return undefined
  const message = `would carry its secret to ${target.host} in the clear`
  return { path, message, suggestion: 'an https URL, or one on this machine' }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}
