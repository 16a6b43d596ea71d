/**
 * MCP without a wire: one message in, the text of its answer out, for both eras (see `eras.ts`). It holds no connection
 * and no session; ids in flight, cancellation and framing belong to the transports.
 * Until the first `tools/call` it works on plain checks alone, so that a start pays for no schema library.
 */
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Evidence } from '../core/principal.ts'
import type { Invoke } from '../core/tool.ts'
import { claimedVersion, claimFault, initializeFault, MODERN_VERSIONS, negotiate, SERVER_INFO_KEY } from './eras.ts'
import {
  type Fault,
  faultText,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  METHOD_NOT_FOUND,
  type Request,
  resultText
} from './json-rpc.ts'
import type { ToolListing } from './listing.ts'
import { createToolCall } from './tool-call.ts'

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
  clock: Clock
  log: Log
}

/** What a transport knows about one message. */
export interface Exchange {
  evidence: Evidence
  /** Aborted when the caller cancels or goes away. */
  signal?: AbortSignal
  /** Sends a notification that belongs to the request. Absent where the wire has no way for it. */
  notify?: (text: string) => void
}

export interface Answer {
  text: string
  /** The status that HTTP gives it; other transports ignore it. */
  httpStatus: number
}

export interface McpServer {
  /** Answers one request. Never rejects. */
  answer(request: Request, exchange: Exchange): Promise<Answer>
}

export function createMcpServer(options: McpServerOptions): McpServer {
  const { listing, serverInfo, instructions, log } = options
  const callTool = createToolCall(options)
  const stamp = `"resultType":"complete","_meta":${JSON.stringify({ [SERVER_INFO_KEY]: serverInfo })}`
  const cacheable = `"ttlMs":${LIST_TTL_MS},"cacheScope":"private"`
  const capabilities = { tools: {} }
  const discovery = members({ supportedVersions: MODERN_VERSIONS, capabilities, instructions })
  let listed: { tools: readonly ToolListing[]; text: string } | undefined

  function listText(): string {
    const tools = listing()
    if (listed?.tools !== tools) listed = { tools, text: members({ tools }) }
    return listed.text
  }

  async function modern(request: Request, exchange: Exchange): Promise<Answer> {
    const { id, method, params } = request
    const fault = claimFault(params)
    if (fault) return failed(request, fault, 400)
    switch (method) {
      case 'tools/call': {
        const answer = await callTool(params, exchange)
        return 'fault' in answer ? failed(request, answer.fault) : succeeded(id, `${answer.members},${stamp}`)
      }
      case 'tools/list':
        if (params?.cursor !== undefined) return failed(request, UNKNOWN_CURSOR)
        return succeeded(id, `${listText()},${cacheable},${stamp}`)
      case 'server/discover':
        return succeeded(id, `${discovery},${cacheable},${stamp}`)
      default:
        return failed(request, unknownMethod(method), 404)
    }
  }

  async function legacy(request: Request, exchange: Exchange): Promise<Answer> {
    const { id, method, params } = request
    switch (method) {
      case 'tools/call': {
        const answer = await callTool(params, exchange)
        return 'fault' in answer ? failed(request, answer.fault) : succeeded(id, answer.members)
      }
      case 'tools/list':
        return params?.cursor === undefined ? succeeded(id, listText()) : failed(request, UNKNOWN_CURSOR)
      case 'ping':
        return succeeded(id, '')
      case 'initialize': {
        const fault = initializeFault(params)
        if (fault) return failed(request, fault)
        const protocolVersion = negotiate(params?.protocolVersion)
        return succeeded(id, members({ protocolVersion, capabilities, serverInfo, instructions }))
      }
      default:
        return failed(request, unknownMethod(method))
    }
  }

  return {
    async answer(request, exchange) {
      try {
        return await (claimedVersion(request.params) === undefined ? legacy : modern)(request, exchange)
      } catch (error) {
        log.error('a request failed outside of its tool', { method: request.method, error })
        return failed(request, { code: INTERNAL_ERROR, message: 'The server failed; its log has the details' })
      }
    }
  }
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
