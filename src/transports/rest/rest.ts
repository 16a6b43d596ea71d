/**
 * The REST routes beside MCP: finds the route, admits the request like one to `/mcp`, and writes the answer as JSON.
 * A failed call answers with its error and a status that fits.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { findOldRoute } from '../../compat/old-routes.ts'
import { AppError, toWireError } from '../../core/errors.ts'
import { type Access, isRefusal } from '../http-access.ts'
import type { Admission } from '../http-admission.ts'
import { refusePlainly, sendJson } from '../http-reply.ts'
import { parseJson } from '../json-rpc.ts'
import { type RestParts, type Route, type Sent, STATUS } from './route.ts'
import { ROUTES } from './routes.ts'

/** Answers a request to `path`, whatever it is. Never rejects for what a client sends. */
export type AnswerRest = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  gate: { access: Access; admission: Admission }
) => Promise<void>

/** Routes that are answered elsewhere, for who asks what there is. */
const BESIDE = ['POST /mcp', 'GET /health', 'GET /health/ready', 'GET /metrics', 'GET /ipfs/{cid}']

export function createRest(parts: RestParts): AnswerRest {
  let document: unknown
  const openApi: Route = {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This interface as OpenAPI 3.1',
    describe: () => [{ path: openApi.path, summary: openApi.summary, answer: { type: 'object' } }],
    async answer() {
      const { describeApi } = await import('./openapi.ts')
      document ??= describeApi(
        routes.map(({ route }) => route),
        parts
      )
      return { status: 200, value: document }
    }
  }
  const routes = [...ROUTES, openApi].map(route => ({ route, pattern: patternOf(route.path) }))

  return async (request, response, path, { access, admission }) => {
    const here = routes.flatMap(({ route, pattern }) => {
      const match = pattern.exec(path)
      return match ? [{ route, named: match.groups ?? {} }] : []
    })
    if (here.length === 0) return refuseUnknown(response, path)
    const evidence = access.authenticate(request.headers)
    if (isRefusal(evidence)) return refusePlainly(response, evidence)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const found = here.find(({ route }) => route.method === method)
    if (!found) {
      const allow = here.map(({ route }) => (route.method === 'GET' ? 'GET, HEAD' : route.method)).join(', ')
      const message = `${path} takes ${allow}`
      return refusePlainly(response, { status: 405, error: 'UNSUPPORTED', message, headers: { allow } })
    }
    const taken = await take(request, response, found.route, admission)
    if (taken === 'gone') return
    if ('status' in taken) return refusePlainly(response, taken)
    const { status, value } = await settle(async () => {
      const query = Object.fromEntries(new URLSearchParams((request.url ?? '').split(/\?(.*)/s)[1] ?? ''))
      const { body, controller } = taken
      const sent: Sent = {
        path: decoded(found.named),
        query,
        body: readBody(body),
        evidence,
        signal: controller.signal
      }
      return await found.route.answer(sent, parts)
    })
    sendJson(response, status, JSON.stringify(value))
  }

  function refuseUnknown(response: ServerResponse, path: string): void {
    const instead = findOldRoute(path)
    const message = `There is nothing at ${path.slice(0, 200)}${instead === undefined ? '' : `. Instead: ${instead}`}`
    const there = [...routes.map(({ route }) => `${route.method} ${route.path}`), ...BESIDE]
    refusePlainly(response, { status: 404, error: 'NOT_FOUND', message }, { routes: there })
  }
}

/** A POST with its body, a GET without. */
async function take(request: IncomingMessage, response: ServerResponse, route: Route, admission: Admission) {
  if (route.method === 'POST') return await admission.receive(request, response)
  const controller = admission.admit(response)
  return 'status' in controller ? controller : { body: undefined, controller }
}

/** What is wrong with a request before there is a call, as the answer that a failed call has. */
async function settle(answer: () => Promise<{ status: number; value: unknown }>) {
  try {
    return await answer()
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return { status: STATUS[thrown.code], value: { success: false, status: 'error', ...toWireError(thrown) } }
  }
}

function readBody(body: Buffer | undefined): unknown {
  if (!body) return undefined
  const parsed = parseJson(body)
  if ('value' in parsed) return parsed.value
  throw new AppError('INVALID_INPUT', parsed.fault.message.replace('message', 'body'))
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>.+)')}$`)
}

function decoded(named: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(named).map(([name, text]) => [name, decodeURIComponent(text)]))
  } catch {
    throw new AppError('INVALID_INPUT', 'The path is not percent-encoded as it should be')
  }
}
