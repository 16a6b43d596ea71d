/**
 * MCP without a wire: one message in, the text of its answer out, for both eras (see `eras.ts`). It holds no connection;
 * ids in flight, cancellation and framing belong to the transports, and what `initialize` begins is a `Session`.
 * Until the first `tools/call` it works on plain checks alone, so that a start pays for no schema library.
 * Prompts, resources, completion, logging and news are parts that a server has or has not.
 */
import { TELL_LEVELS } from '../core/client.ts'
import type { Clock } from '../core/clock.ts'
import { AppError, toWireError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Evidence } from '../core/principal.ts'
import { type Random, systemRandom } from '../core/random.ts'
import type { Invoke } from '../core/tool.ts'
import type { Trace } from '../core/tracer.ts'
import { createCall } from './call.ts'
import { type Changes, changeText, type List } from './changes.ts'
import { createCompletion } from './completion.ts'
import { claimedVersion, claimFault, initializeFault, MODERN_VERSIONS, negotiate, SERVER_INFO_KEY } from './eras.ts'
import {
  type Fault,
  faultText,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  type Params,
  REFUSED,
  type Request,
  resultText
} from './json-rpc.ts'
import { listen } from './listen.ts'
import { type ParameterHeader, parameterHeaders, type ToolListing } from './listing.ts'
import { createPromptGet, type PromptsPart } from './prompts.ts'
import { createResourceList, createResourceRead, type ResourcesPart } from './resources.ts'
import type { Session } from './session.ts'
import { createTasks, TASKS_EXTENSION, type TasksPart } from './tasks.ts'
import { type AnswerMethod, createToolCall, type MethodAnswer } from './tool-call.ts'

/** How long a client may keep a list. It changes only with the process; short, because the next one may be newer. */
const LIST_TTL_MS = 300_000

export interface McpServerOptions {
  invoke: Invoke
  /** The tools shown, in their final order. The same array as long as nothing changed. */
  listing: () => readonly ToolListing[]
  /** Whether a name can be called at all, listed or not. */
  hasTool: (name: string) => boolean
  serverInfo: { name: string; title: string; version: string }
  instructions: string
  prompts?: PromptsPart
  resources?: ResourcesPart
  /** The tool that completes arguments of prompts and resource templates. */
  completionTool?: string
  /** Hands long calls back as tasks. */
  tasks?: TasksPart
  /** Whether tools have words for the client (`ctx.client.tell`). */
  logging?: boolean
  /** News of the lists and resources above. */
  changes?: Changes
  clock: Clock
  random?: Random
  log: Log
}

/** What a transport knows about one message. */
export interface Exchange {
  evidence: Evidence
  /** Aborted when the caller cancels or goes away. */
  signal?: AbortSignal
  /** Sends a notification that belongs to the request. Absent where the wire has no way for it. */
  notify?: (text: string) => void
  /** What the wire says of the trace that the message belongs to. */
  trace?: Trace
  /** What `initialize` began, on a wire that knows its clients again. */
  session?: Session
}

export interface Answer {
  text: string
  /** The status that HTTP gives it; other transports ignore it. */
  httpStatus: number
}

export interface McpServer {
  /** Answers one request. Never rejects. */
  answer(request: Request, exchange: Exchange): Promise<Answer>
  /** The arguments of a listed tool that HTTP headers must repeat. */
  parameterHeaders(tool: string): readonly ParameterHeader[]
}

export function createMcpServer(options: McpServerOptions): McpServer {
  const { serverInfo, instructions, log, changes, prompts, resources, completionTool, logging = false } = options
  const call = createCall({ invoke: options.invoke, clock: options.clock, random: options.random ?? systemRandom })
  const tasks = options.tasks && createTasks(call, options.tasks)
  const callTool = createToolCall(call, options.hasTool, tasks)
  const methods = new Map<string, AnswerMethod>()
  const lists = new Map<string, () => string>([['tools/list', listText('tools', options.listing)]])
  if (prompts) {
    methods.set('prompts/get', createPromptGet(call, prompts))
    lists.set('prompts/list', listText('prompts', prompts.listing))
  }
  if (resources) {
    methods.set('resources/read', createResourceRead(call, resources))
    lists.set('resources/templates/list', listText('resourceTemplates', resources.templates))
  }
  const listResources = resources && createResourceList(call, resources)
  if (completionTool !== undefined) methods.set('completion/complete', createCompletion(call, completionTool))

  const identity = `"_meta":${JSON.stringify({ [SERVER_INFO_KEY]: serverInfo })}`
  const stamp = `"resultType":"complete",${identity}`
  const cacheable = `"ttlMs":${LIST_TTL_MS},"cacheScope":"private"`
  const news = (list: List) => changes?.lists.has(list) && { listChanged: true }
  const capabilities = {
    tools: { ...news('tools') },
    ...(prompts && { prompts: { ...news('prompts') } }),
    ...(resources && { resources: { ...news('resources'), ...(changes && { subscribe: true }) } }),
    ...(completionTool !== undefined && { completions: {} }),
    ...(logging && { logging: {} })
  }
  const discovery = members({
    supportedVersions: MODERN_VERSIONS,
    capabilities: { ...capabilities, ...(tasks && { extensions: { [TASKS_EXTENSION]: {} } }) },
    instructions
  })

  async function modern(request: Request, exchange: Exchange): Promise<Answer> {
    const { id, method, params } = request
    const fault = claimFault(params)
    if (fault) return failed(request, fault, 400)
    if (method === 'tools/call') return stamped(request, await callTool(params, exchange))
    const list = lists.get(method)
    if (list) {
      if (params?.cursor !== undefined) return failed(request, UNKNOWN_CURSOR)
      return succeeded(id, `${list()},${cacheable},${stamp}`)
    }
    if (method === 'server/discover') return succeeded(id, `${discovery},${cacheable},${stamp}`)
    if (method === 'resources/list' && listResources) {
      // Datasets come and go with each call, so a client must not keep this list.
      return stamped(request, await listResources(params, exchange), `,"ttlMs":0,"cacheScope":"private"`)
    }
    const answer = methods.get(method) ?? tasks?.methods.get(method)
    if (answer) return stamped(request, await answer(params, exchange))
    if (method !== 'subscriptions/listen' || !(changes || tasks)) return failed(request, unknownMethod(method), 404)
    const heard = await listen(request, exchange, { changes, prompts: !!prompts, resources: !!resources, tasks })
    if ('fault' in heard) return failed(request, heard.fault, heard.httpStatus)
    return succeeded(id, members({ resultType: 'complete', _meta: { ...heard.meta, [SERVER_INFO_KEY]: serverInfo } }))
  }

  function stamped(request: Request, answer: MethodAnswer, hints = ''): Answer {
    if ('members' in answer) return succeeded(request.id, `${answer.members}${hints}${answer.members && ','}${stamp}`)
    if ('unfinished' in answer) return succeeded(request.id, `${answer.unfinished},${identity}`)
    return failed(request, answer.fault, answer.httpStatus)
  }

  async function legacy(request: Request, exchange: Exchange): Promise<Answer> {
    const { id, method, params } = request
    if (method === 'tools/call') return plain(request, await callTool(params, exchange))
    const list = lists.get(method)
    if (list) return params?.cursor === undefined ? succeeded(id, list()) : failed(request, UNKNOWN_CURSOR)
    if (method === 'ping') return succeeded(id, '')
    if (method === 'initialize') return initialize(request, exchange)
    if (method === 'resources/list' && listResources) return plain(request, await listResources(params, exchange))
    const answer = methods.get(method)
    if (answer) return plain(request, await answer(params, exchange))
    const remember = sessionMethods.get(method)
    if (!remember) return failed(request, unknownMethod(method))
    if (!exchange.session) return failed(request, NO_SESSION)
    const fault = remember(exchange.session, params)
    return fault ? failed(request, fault) : succeeded(id, '')
  }

  function plain(request: Request, answer: MethodAnswer): Answer {
    if ('fault' in answer) return failed(request, answer.fault)
    return succeeded(request.id, 'members' in answer ? answer.members : answer.unfinished)
  }

  function initialize(request: Request, { session }: Exchange): Answer {
    const { id, params } = request
    const fault = initializeFault(params)
    if (fault) return failed(request, fault)
    const protocolVersion = negotiate(params?.protocolVersion)
    if (session && session.version === undefined && changes) {
      const unsubscribe = changes.subscribe(change => {
        if (change.kind !== 'resource' || session.watches(change.uri)) session.push(changeText(change))
      })
      session.onClose(unsubscribe)
    }
    session?.open(protocolVersion, params)
    return succeeded(id, members({ protocolVersion, capabilities, serverInfo, instructions }))
  }

  /** What only has an effect on later messages of the same client. */
  const sessionMethods = new Map<string, (session: Session, params: Params | undefined) => Fault | undefined>()
  if (logging) {
    sessionMethods.set('logging/setLevel', (session, params) => {
      const level = TELL_LEVELS.find(known => known === params?.level)
      if (!level) return invalid(`"level" must be one of ${TELL_LEVELS.join(', ')}`)
      session.setLevel(level)
      return undefined
    })
  }
  if (resources && changes) {
    sessionMethods.set('resources/subscribe', (session, params) => {
      if (typeof params?.uri !== 'string') return invalid('"uri" must be a string')
      return session.watch(params.uri) ? undefined : invalid('this client watches as many resources as it may')
    })
    sessionMethods.set('resources/unsubscribe', (session, params) => {
      if (typeof params?.uri !== 'string') return invalid('"uri" must be a string')
      session.unwatch(params.uri)
      return undefined
    })
  }

  let annotated: { tools: readonly ToolListing[]; headers: ReturnType<typeof parameterHeaders> } | undefined

  return {
    parameterHeaders(tool) {
      const tools = options.listing()
      if (annotated?.tools !== tools) annotated = { tools, headers: parameterHeaders(tools) }
      return annotated.headers.get(tool) ?? []
    },
    async answer(request, exchange) {
      try {
        return await (claimedVersion(request.params) === undefined ? legacy : modern)(request, exchange)
      } catch (error) {
        if (error instanceof AppError) {
          return failed(request, { code: INVALID_PARAMS, message: error.message, data: toWireError(error) })
        }
        log.error('a request failed outside of its tool', { method: request.method, error })
        return failed(request, { code: INTERNAL_ERROR, message: 'The server failed; its log has the details' })
      }
    }
  }
}

/** The members of a list result, written once as long as the list is the same array. */
function listText(name: string, listing: () => readonly object[]): () => string {
  let listed: { items: readonly object[]; text: string } | undefined
  return () => {
    const items = listing()
    if (listed?.items !== items) listed = { items, text: members({ [name]: items }) }
    return listed.text
  }
}

const NO_SESSION: Fault = {
  code: REFUSED,
  message: 'This needs a session: send "initialize" first, and the Mcp-Session-Id of its answer with each request'
}

function invalid(problem: string): Fault {
  return { code: INVALID_PARAMS, message: `Invalid params: ${problem}` }
}

const UNKNOWN_CURSOR: Fault = {
  code: INVALID_PARAMS,
  message: 'Invalid params: "cursor" is none of this list, which has one page; leave it out'
}

function unknownMethod(method: string): Fault {
  return { code: METHOD_NOT_FOUND, message: `Method "${method.slice(0, 80)}" is not known here` }
}

function succeeded(id: Request['id'], resultMembers: string): Answer {
  return { text: resultText(id, `{${resultMembers}}`), httpStatus: 200 }
}

function failed(request: Request, fault: Fault, httpStatus = 200): Answer {
  return { text: faultText(request.id, fault), httpStatus }
}

/** The JSON of an object without its braces, to be joined with others. */
function members(object: Record<string, unknown>): string {
  return JSON.stringify(object).slice(1, -1)
}
