/**
 * MCP over Streamable HTTP, with `/health`, `/health/ready`, `/metrics`, a gateway at `/ipfs/`, a dashboard at `/ui/` and the REST
 * routes beside it. Bare `node:http`, imported at start only; what is beside MCP is loaded when it is first asked for.
 * It refuses to listen beyond loopback without an access token.
 */
import { rm } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { createLifecycle, type Startable } from '../core/startable.ts'
import { PROMETHEUS_TYPE } from '../protocol/telemetry/prometheus.ts'
import type { SendDashboard } from './dashboard.ts'
import type { AnswerFromGateway, GatewayContent } from './gateway.ts'
import { type Access, createAccess, isRefusal, LOOPBACK_NAMES, ownerAccess } from './http-access.ts'
import { type Admission, createAdmission } from './http-admission.ts'
import { listenOnPort, listenOnSocket } from './http-listen.ts'
import { createPostHandler, type HandlePost } from './http-post.ts'
import { refuse, refusePlainly, sendJson, sendText } from './http-reply.ts'
import { createHttpSessions, type HttpSessions } from './http-sessions.ts'
import type { McpServer } from './mcp-server.ts'
import type { AnswerRest } from './rest/rest.ts'
import type { RestParts } from './rest/route.ts'

const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024
const DEFAULT_MAX_CONCURRENT = 256
const DEFAULT_GRACE_MS = 10_000
/** After the grace the calls are aborted; a tool that ignores even that loses its connection. */
const ABORT_LIMIT_MS = 2_000
const MAX_HEADER_BYTES = 16 * 1024

export interface HttpOptions {
  mcp: McpServer
  /** Where to listen: a port (0 for any free one) of `host`, or a Unix socket for this user alone. */
  listen: { host?: string; port: number } | { socketPath: string }
  token?: string | undefined
  /** Names that clients may address the server by. Loopback names, and `host`, by default. */
  allowedHosts?: readonly string[]
  /** Sites whose pages may call: host names or whole origins. Loopback names by default. */
  allowedOrigins?: readonly string[]
  maxBodyBytes?: number
  /** Requests to `/mcp` and the REST routes under way at once; more are answered 503. */
  maxConcurrent?: number
  /** How long a stop waits for calls before it aborts them. */
  graceMs?: number
  /** How long a client may take to send a request, and to stay silent on a kept connection. */
  requestTimeoutMs?: number
  keepAliveTimeoutMs?: number
  /** What the gateway shows; without it there is none. */
  content?: () => Promise<GatewayContent>
  /** What the REST routes call; without it there are none. */
  rest?: RestParts
  /** Whether people may look at it with a browser. */
  hasDashboard?: boolean
  /** As Prometheus reads them. */
  metrics: () => Promise<string> | string
  ready: () => { ready: boolean; reasons: readonly string[] }
  clock: Clock
  log: Log
}

export interface HttpServer extends Startable {
  /** Where it listens; undefined unless started. */
  readonly url: string | undefined
}

export function createHttpServer(options: HttpOptions): HttpServer {
  const { listen, clock, log, content, hasDashboard = false, graceMs = DEFAULT_GRACE_MS } = options
  let gateway: AnswerFromGateway | undefined
  let rest: AnswerRest | undefined
  let dashboard: SendDashboard | undefined
  let running: { server: Server; url: string; admission: Admission; sessions: HttpSessions } | undefined

  async function open(): Promise<void> {
    const access = accessFor(options)
    const sessions = createHttpSessions(clock)
    const admission = createAdmission(
      options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
      options.maxConcurrent ?? DEFAULT_MAX_CONCURRENT
    )
    const handlePost = createPostHandler(options.mcp, sessions, admission)
    const { createServer } = await import('node:http')
    const requestTimeout = options.requestTimeoutMs ?? 60_000
    const server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: Math.min(10_000, requestTimeout),
      requestTimeout,
      keepAliveTimeout: options.keepAliveTimeoutMs ?? 30_000,
      connectionsCheckingInterval: Math.min(5_000, requestTimeout)
    })
    server.on('request', (request, response) => {
      route(request, response, { access, admission, handlePost, sessions }).catch(error => {
        log.error('an HTTP request failed', { error })
        response.destroy()
      })
    })
    const url =
      'socketPath' in listen
        ? await listenOnSocket(server, listen.socketPath)
        : await listenOnPort(server, listen.host ?? '127.0.0.1', listen.port)
    running = { server, url, admission, sessions }
  }

  async function route(request: IncomingMessage, response: ServerResponse, parts: Parts) {
    const { access, handlePost, sessions } = parts
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    const foreign = access.checkSource(request.headers)
    if (foreign) return (path === '/mcp' ? refuse : refusePlainly)(response, foreign)
    if (path === '/health' && isGet(request)) return sendJson(response, 200, '{"status":"ok"}')
    if (path === '/health/ready' && isGet(request)) {
      const state = options.ready()
      return sendJson(response, state.ready ? 200 : 503, JSON.stringify(state))
    }
    if (hasDashboard && (path === '/ui' || path.startsWith('/ui/')) && isGet(request)) {
      dashboard ??= await (await import('./dashboard.ts')).openDashboard()
      return dashboard(path, request, response)
    }
    // No CID is called "get" or "pin", which are routes beside the gateway.
    const isContent = content !== undefined && /^\/ipfs\/(?!get\/|pin$)/.test(path)
    if (path !== '/mcp' && path !== '/metrics' && !isContent) return await answerRest(request, response, path, parts)

    const evidence = access.authenticate(request.headers)
    if (isRefusal(evidence)) return refuse(response, evidence)
    if (path === '/mcp' && request.method === 'POST') return handlePost(request, response, evidence)
    if (path === '/mcp' && request.headers['mcp-session-id'] !== undefined) {
      if (request.method === 'GET') return sessions.openStream(request, response)
      if (request.method === 'DELETE') return sessions.end(request, response)
    }
    if (path === '/metrics' && isGet(request)) {
      return sendText(response, 200, PROMETHEUS_TYPE, await options.metrics())
    }
    if (isContent && isGet(request)) {
      gateway ??= (await import('./gateway.ts')).createGateway(content, log)
      return gateway(request, response)
    }
    const allow = path === '/mcp' ? 'POST' : 'GET, HEAD'
    return refuse(response, { status: 405, message: `${path} takes ${allow}`, headers: { allow } })
  }

  async function answerRest(request: IncomingMessage, response: ServerResponse, path: string, parts: Parts) {
    if (!options.rest) return refusePlainly(response, { status: 404, error: 'NOT_FOUND', message: 'MCP is at /mcp' })
    rest ??= (await import('./rest/rest.ts')).createRest(options.rest)
    return await rest(request, response, path, parts)
  }

  async function close(): Promise<void> {
    if (!running) return
    const { server, admission, sessions } = running
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    const drained = admission.drain()
    await within(drained, graceMs)
    admission.abort(new AppError('CANCELLED', 'The server is stopping'))
    await within(drained, ABORT_LIMIT_MS)
    sessions.close()
    server.closeAllConnections()
    await closed
    if ('socketPath' in listen) await rm(listen.socketPath, { force: true })
    running = undefined
  }

  /** Resolves with the promise or after the time, whichever is first. */
  function within(promise: Promise<void>, limitMs: number): Promise<void> {
    return new Promise(resolve => {
      const forget = clock.after(limitMs, resolve)
      void promise.then(() => {
        forget()
        resolve()
      })
    })
  }

  return {
    ...createLifecycle(open, close),
    get url() {
      return running?.url
    }
  }
}

/** What a request meets. */
interface Parts {
  access: Access
  admission: Admission
  handlePost: HandlePost
  sessions: HttpSessions
}

function accessFor({ listen, token, allowedHosts, allowedOrigins = LOOPBACK_NAMES }: HttpOptions): Access {
  if ('socketPath' in listen) return ownerAccess
  const host = listen.host ?? '127.0.0.1'
  if (token === undefined && !isLoopback(host)) {
    const message = `${host} can be reached by others: set an access token, or listen on 127.0.0.1`
    throw new AppError('CONFIG_INVALID', message)
  }
  const name = host.includes(':') ? `[${host}]` : host.toLowerCase()
  return createAccess({ allowedHosts: allowedHosts ?? [...LOOPBACK_NAMES, name], allowedOrigins, token })
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function isGet({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}
