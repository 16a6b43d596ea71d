/** Calls a tool of a peer and answers its value, or throws its error with its code. */
import { type Client, TELL_LEVELS } from '../../core/client.ts'
import type { ReportProgress } from '../../core/tool.ts'
import type { Trace } from '../../core/tracer.ts'
import { traceIn } from '../../protocol/telemetry/trace-context.ts'
import { callParams, LOG_LEVEL_KEY, outcomeOfFault, outcomeOfResult } from '../../protocol/wire/remote-call.ts'
import type { Peers, PeerTarget } from './api.ts'
import { RemoteFault } from './channel.ts'

/** Who hears of a call while it runs, and how long it may. */
export interface CallOptions {
  signal?: AbortSignal
  timeoutMs?: number
  progress?: ReportProgress
  /** Hears what the tool says to its caller, from the level `info` on. */
  client?: Pick<Client, 'tell'>
  /** On whose behalf, where no span of ours says it. */
  trace?: Trace | undefined
}

export async function callTool(
  request: Peers['request'],
  target: PeerTarget,
  tool: string,
  args: unknown,
  { version, progress, client, trace = {}, ...options }: CallOptions & { version: string }
): Promise<Record<string, unknown>> {
  const params = callParams(tool, args, {
    clientInfo: { name: 'ipfs-datasets-mcp', version },
    meta: { ...traceIn(trace), ...(client && { [LOG_LEVEL_KEY]: 'info' }) }
  })
  const onNotification = (method: string, news: Record<string, unknown>) => {
    if (method === 'notifications/progress') reportProgress(news, progress)
    else if (method === 'notifications/message') pass(news, client)
  }
  const { envelope, failure } = await request(target, 'tools/call', params, {
    ...options,
    ...((progress || client) && { onNotification })
  }).then(
    result => outcomeOfResult(result) ?? outcomeOfFault('The peer gave no answer to the call', undefined),
    error => {
      if (error instanceof RemoteFault) return outcomeOfFault(error.message, error.data)
      throw error
    }
  )
  if (failure) throw failure
  return envelope
}

function reportProgress({ progress: done, total, message }: Record<string, unknown>, report?: ReportProgress): void {
  if (typeof done !== 'number') return
  report?.(done, typeof total === 'number' ? total : undefined, typeof message === 'string' ? message : undefined)
}

function pass({ level, data }: Record<string, unknown>, client?: Pick<Client, 'tell'>): void {
  const known = TELL_LEVELS.find(one => one === level)
  if (known && typeof data === 'string') client?.tell(known, data)
}
