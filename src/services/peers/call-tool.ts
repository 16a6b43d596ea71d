/** Calls a tool of a peer and answers its value, or throws its error with its code. */
import type { ReportProgress } from '../../core/tool.ts'
import type { Trace } from '../../core/tracer.ts'
import { traceIn } from '../../protocol/telemetry/trace-context.ts'
import { callParams, outcomeOfFault, outcomeOfResult } from '../../protocol/wire/remote-call.ts'
import type { Peers, PeerTarget } from './api.ts'
import { RemoteFault } from './channel.ts'

export interface CallOptions {
  version: string
  signal?: AbortSignal
  timeoutMs?: number
  progress?: ReportProgress
  /** On whose behalf, where no span of ours says it. */
  trace?: Trace | undefined
}

export async function callTool(
  request: Peers['request'],
  target: PeerTarget,
  tool: string,
  args: unknown,
  { version, progress, trace = {}, ...options }: CallOptions
): Promise<Record<string, unknown>> {
  const params = callParams(tool, args, {
    clientInfo: { name: 'ipfs-datasets-mcp', version },
    meta: { ...traceIn(trace) }
  })
  const { envelope, failure } = await request(target, 'tools/call', params, {
    ...options,
    ...(progress && { onNotification: (method, news) => reportProgress(method, news, progress) })
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

function reportProgress(method: string, params: Record<string, unknown>, progress: ReportProgress): void {
  if (method !== 'notifications/progress') return
  const { progress: done, total, message } = params
  if (typeof done !== 'number') return
  progress(done, typeof total === 'number' ? total : undefined, typeof message === 'string' ? message : undefined)
}
