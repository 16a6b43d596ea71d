/** What stands behind the transports in these tests: a few tools at the `Invoke` seam, and a record of what became of each call. */
import { Client } from '@modelcontextprotocol/client'
import { systemClock } from '../../src/core/clock.ts'
import { AppError, toAppError, toWireError } from '../../src/core/errors.ts'
import { silentLog } from '../../src/core/log.ts'
import type { CallRequest, Invoke } from '../../src/core/tool.ts'
import type { ToolListing } from '../../src/transports/listing.ts'
import { createMcpServer, type McpServer } from '../../src/transports/mcp-server.ts'

export interface Counterpart {
  mcp: McpServer
  invoke: Invoke
  /** Every call that arrived, in order. */
  calls: CallRequest[]
  /** Reasons of the calls that were aborted, in the order they ended. */
  aborted: unknown[]
  /** Resolves when the n-th call has arrived. */
  arrived(n: number): Promise<void>
  /** Resolves when n calls were aborted. */
  abortedCalls(n: number): Promise<void>
  /** Lets every call of `wait` end. */
  release(): void
}

type Run = (args: Record<string, unknown>, request: CallRequest) => Promise<Record<string, unknown>>

export function createCounterpart(): Counterpart {
  const calls: CallRequest[] = []
  const aborted: unknown[] = []
  const watchers = new Set<() => void>()
  const gate = Promise.withResolvers<void>()
  const tell = () => {
    for (const watcher of watchers) watcher()
  }
  const until = (isTrue: () => boolean) =>
    new Promise<void>(resolve => {
      const look = () => {
        if (!isTrue()) return
        watchers.delete(look)
        resolve()
      }
      watchers.add(look)
      look()
    })

  const tools: Record<string, Run> = {
    echo: async args => ({ value: args.value ?? null }),
    fail: async () => {
      throw new AppError('NOT_FOUND', 'There is no such dataset; list_datasets names them')
    },
    explode: async () => ({ value: 1n }),
    look_up: async () => {
      throw new AppError('TOOL_NOT_FOUND', 'There is no tool of that name')
    },
    count: async (args, { progress }) => {
      for (let step = 1; step <= Number(args.to); step++) progress?.(step, Number(args.to), `step ${step}`)
      return { value: args.to }
    },
    wait: async (_args, { signal, progress }) => {
      progress?.(1)
      const gone = new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      await Promise.race([gate.promise, gone])
      return { value: 'waited' }
    }
  }

  const invoke: Invoke = async request => {
    calls.push(request)
    tell()
    const request_id = `call-${calls.length}`
    try {
      const run = Object.hasOwn(tools, request.tool) ? tools[request.tool] : undefined
      if (!run) throw new AppError('TOOL_NOT_FOUND', `There is no tool "${request.tool}"; the nearest is "echo"`)
      const value = await run(request.args as Record<string, unknown>, request)
      return { envelope: { success: true, status: 'success', ...value, request_id }, failure: undefined }
    } catch (error) {
      const failure = toAppError(error)
      if (request.signal?.aborted) aborted.push(error)
      tell()
      return { envelope: { success: false, status: 'error', ...toWireError(error), request_id }, failure }
    }
  }

  const listing = Object.keys(tools).map(toolListing)
  const mcp = createMcpServer({
    invoke,
    listing: () => listing,
    hasTool: name => Object.hasOwn(tools, name),
    serverInfo: { name: 'ipfs-datasets-mcp', title: 'Datasets', version: '1.2.3' },
    instructions: 'Start with tools_list_categories.',
    clock: systemClock,
    log: silentLog
  })
  return {
    mcp,
    invoke,
    calls,
    aborted,
    arrived: n => until(() => calls.length >= n),
    abortedCalls: n => until(() => aborted.length >= n),
    release: gate.resolve
  }
}

function toolListing(name: string): ToolListing {
  return {
    name,
    title: name,
    description: `The ${name} tool.`,
    inputSchema: { type: 'object' },
    outputSchema: { type: 'object', properties: { success: { type: 'boolean' } }, required: ['success'] },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }
  }
}

export const ERAS = ['legacy', 'modern'] as const
export type Era = (typeof ERAS)[number]

/** The SDK's client, bound to one era. */
export function createClient(era: Era): Client {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy'
  return new Client({ name: 'alice', version: '1.0.0' }, { versionNegotiation: { mode } })
}

/** `_meta` of a modern request. */
export const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'alice', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {}
}
