/**
 * The only way to run a tool. Every transport makes a CallRequest; this takes it through the stages below in their order and
 * always answers with an envelope. It never throws and never runs a call twice.
 *
 *   observe       span, duration and the history of calls; sees every later outcome
 *   authenticate  evidence to principal, before anything is disclosed
 *   resolve       name or alias to tool; `tools_dispatch` becomes the call inside it
 *   deadline      one abort controller, aborted by the caller, the tool's limit or the stopping node
 *   record        (place of the intent and the receipt)
 *   validate      schema and bounds
 *   authorize     (place of the capability check)
 *   execute       the tool's lane: admission, run, join the scope, check the output and its size
 */
import type { Catalog, ManifestTool, Resolved } from '../core/catalog.ts'
import { absentClient } from '../core/client.ts'
import type { Clock } from '../core/clock.ts'
import { AppError, toAppError, toWireError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Metrics } from '../core/metrics.ts'
import type { Evidence, Principal } from '../core/principal.ts'
import type { Random } from '../core/random.ts'
import { TaskScope } from '../core/scope.ts'
import {
  type CallContext,
  type CallOutcome,
  type CallRequest,
  type ContentBlock,
  DEFAULT_LIMITS,
  type Invoke,
  type ServiceName,
  type Tool
} from '../core/tool.ts'
import type { Span, Tracer } from '../core/tracer.ts'
import { traceFields } from '../protocol/telemetry/trace-context.ts'
import type { CallHistory } from '../services/calls/api.ts'
import { withAdvice } from './advice.ts'
import type { Authorize } from './authorize.ts'
import { createCallMetrics } from './call-metrics.ts'
import { callSpan, nameTool } from './call-span.ts'
import { createDeadlines } from './deadlines.ts'
import { type Forward, targetOf } from './forward.ts'
import type { Router } from './router.ts'
import type { ServiceHost } from './services.ts'
import { unwrapDispatch } from './unwrap-dispatch.ts'
import { parseInput } from './validate.ts'

export interface DispatcherOptions {
  catalog: Catalog
  services: ServiceHost
  router: Router
  /** Throws UNAUTHENTICATED when the evidence proves nobody. */
  authenticate: (evidence: Evidence) => Principal
  /** Throws FORBIDDEN when the caller may not run the tool. */
  authorize: Authorize
  /** Runs the tool on the peer that the call names instead. */
  forward: Forward
  /** The limit of tools that declare none. */
  toolTimeoutMs: () => number
  clock: Clock
  random: Random
  log: Log
  metrics: Metrics
  /** Makes a span of each call. */
  tracer?: Tracer | undefined
  /** Told of every call that ended. */
  history?: Pick<CallHistory, 'note'>
}

export interface Dispatcher {
  invoke: Invoke
  /** Calls that are open now. */
  open(): number
  /** Names of the tools whose open calls need one of these services. */
  users(services: readonly ServiceName[]): string[]
  /** Aborts every open call and refuses new ones. Waits until all have settled. */
  stop(): Promise<void>
}

const noProgress = () => {}

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { catalog, services, router, clock, random, log, tracer } = options
  const deadlines = createDeadlines(clock)
  const observe = createCallMetrics(options.metrics, router)
  const openCalls = new Map<TaskScope, ManifestTool>()
  const settled: (() => void)[] = []
  let isStopping = false

  const invoke: Invoke = tracer ? request => invokeTraced(request, tracer) : request => run(request)

  function invokeTraced(request: CallRequest, { serve }: Tracer): Promise<CallOutcome> {
    return serve(callSpan(request), async span => {
      const outcome = await run({ ...request, trace: { ...request.trace, ...span.trace } }, span)
      if (outcome.failure) span.fail(outcome.failure.code)
      return outcome
    })
  }

  async function run(request: CallRequest, span?: Span): Promise<CallOutcome> {
    const callId = random.uuid()
    const startedAt = clock.monotonic()
    let principal: Principal | undefined
    let resolved: Resolved | undefined
    let outcome: CallOutcome
    try {
      principal = options.authenticate(request.evidence)
      const call = unwrapDispatch(catalog, request)
      resolved = catalog.resolve(call.tool, call.category)
      if (span) nameTool(span, request, resolved.entry)
      outcome = succeed(envelopeOf(resolved.entry, callId), await execute(resolved, call, principal, callId))
    } catch (thrown) {
      outcome = fail(envelopeOf(resolved?.entry, callId), await withAdvice(thrown, catalog))
      const level = outcome.failure?.code === 'INTERNAL' ? 'error' : 'debug'
      log[level]('call failed', { call_id: callId, tool: request.tool, ...traceFields(request.trace), error: thrown })
    }
    const durationMs = clock.monotonic() - startedAt
    const error = outcome.failure?.code
    observe(resolved?.entry, error, durationMs)
    if (!isOnlyShown(request.evidence, resolved)) {
      options.history?.note({ tool: resolved?.entry.name, error, durationMs, caller: principal?.kind })
    }
    return outcome
  }

  async function execute(
    resolved: Resolved,
    call: CallRequest,
    principal: Principal,
    callId: string
  ): Promise<Checked> {
    const { entry } = resolved
    if (isStopping) throw new AppError('CANCELLED', 'The server is stopping and takes no more calls')
    options.authorize(entry, principal, call.evidence)

    const scope = new TaskScope(call.signal ? { parent: call.signal } : {})
    const limitMs = entry.limits.timeoutMs ?? options.toolTimeoutMs()
    const forget = deadlines.add(limitMs, () =>
      scope.abort(new AppError('DEADLINE_EXCEEDED', `${entry.name} took longer than its limit of ${limitMs} ms`))
    )
    openCalls.set(scope, entry)
    try {
      const tool = await catalog.load(entry)
      const input = parseInput(tool.input, entry.inputSchema, withOwnNames(resolved, call.args))
      const remote = targetOf(entry, input, principal)
      if (remote) {
        const { progress = noProgress, client = absentClient, trace } = call
        const options = { signal: scope.signal, timeoutMs: limitMs, progress, client, trace }
        return asAlias(resolved, tool, await runThere(tool, remote, options))
      }
      const context: CallContext = {
        services: await services.acquire(entry.needs, scope.signal),
        signal: scope.signal,
        principal,
        log: log.with({ call_id: callId, tool: entry.name, ...traceFields(call.trace) }),
        progress: call.progress ?? noProgress,
        client: call.client ?? absentClient,
        clock,
        scope,
        callId
      }
      const lane = router.laneFor(entry.runtime, entry.limits.waits)
      const run = () => runInScope(tool, () => lane.execute(tool, entry, input, context), context)
      return asAlias(resolved, tool, await lane.run(run, scope.signal))
    } catch (thrown) {
      throw abortReason(scope.signal, thrown)
    } finally {
      forget()
      await scope[Symbol.asyncDispose]()
      openCalls.delete(scope)
      if (openCalls.size === 0) for (const resolve of settled.splice(0)) resolve()
    }
  }

  async function runThere(
    tool: Tool,
    { target, args }: NonNullable<ReturnType<typeof targetOf>>,
    how: Parameters<Forward>[3]
  ): Promise<Checked> {
    return check(tool, await options.forward(target, tool.name, args, how))
  }

  async function runInScope(tool: Tool, execute: () => unknown, context: CallContext): Promise<Checked> {
    context.signal.throwIfAborted()
    const value = await execute()
    await context.scope.join()
    return check(tool, value)
  }

  function check(tool: Tool, value: unknown): Checked {
    const checked = tool.output.safeParse(value)
    if (!checked.success) {
      throw new AppError('INTERNAL', `${tool.name} answered something that its own schema does not allow`, {
        cause: checked.error
      })
    }
    checkSize(tool, checked.data)
    return { value: checked.data, content: tool.present?.(checked.data) }
  }

  return {
    invoke,
    open: () => openCalls.size,
    users: names =>
      [...openCalls.values()].filter(entry => entry.needs.some(need => names.includes(need))).map(({ name }) => name),
    async stop() {
      isStopping = true
      for (const scope of openCalls.keys()) scope.abort(new AppError('CANCELLED', 'The server is stopping'))
      if (openCalls.size > 0) await new Promise<void>(resolve => settled.push(resolve))
    }
  }
}

/** What the own page reads again and again to show it would push everything else out of the history. */
function isOnlyShown({ kind }: Evidence, resolved: Resolved | undefined): boolean {
  return kind === 'page' && resolved?.entry.effect === 'read'
}

/** Tools keep their results small by pages and handles; this holds the promise where one forgot a case. */
function checkSize(tool: Tool, value: unknown): void {
  const limit = tool.limits?.resultBytes ?? DEFAULT_LIMITS.resultBytes
  const size = JSON.stringify(value).length
  if (size <= limit) return
  throw new AppError(
    'TOO_LARGE',
    `The result has ${size} bytes of JSON, more than ${limit}; ask for fewer items or columns`,
    {
      details: { size_bytes: size, limit_bytes: limit }
    }
  )
}

/** Renames an alias's parameters to the tool's own. */
function withOwnNames({ alias }: Resolved, args: unknown): unknown {
  const given = args ?? {}
  if (!alias || typeof given !== 'object' || Array.isArray(given)) return given
  const { parameters: names = {}, defaults } = alias
  const renamed = Object.entries(given).map(([name, value]) => [Object.hasOwn(names, name) ? names[name] : name, value])
  return { ...defaults, ...Object.fromEntries(renamed) }
}

function asAlias({ alias }: Resolved, tool: Tool, checked: Checked): Checked {
  const named = alias && tool.aliases?.find(({ name }) => name === alias.name)
  return named?.result ? { ...checked, value: named.result(checked.value) } : checked
}

/** A call that was aborted ends with the reason of the abort, whatever error that made of itself on the way. */
function abortReason(signal: AbortSignal, thrown: unknown): unknown {
  if (!signal.aborted || thrown instanceof AppError) return thrown
  if (signal.reason instanceof AppError) return signal.reason
  return new AppError('CANCELLED', 'The caller ended the call', { cause: thrown })
}

/** A value that fits the tool's schema, and how the tool shows it. */
interface Checked {
  value: unknown
  content: readonly ContentBlock[] | undefined
}

/** What speaks of the call rather than of what it was for. Clients of peer-to-peer tools read `ok` where others read `success`. */
type Envelope = (isSuccess: boolean) => Record<string, unknown>

function envelopeOf(entry: ManifestTool | undefined, callId: string): Envelope {
  return isSuccess => ({
    ...(entry?.runtime === 'p2p' && { ok: isSuccess }),
    success: isSuccess,
    status: isSuccess ? 'success' : 'error',
    request_id: callId
  })
}

function succeed(envelopeFor: Envelope, { value, content }: Checked): CallOutcome {
  const own = typeof value === 'object' && value !== null ? value : { result: value }
  const envelope = { ...envelopeFor(true), ...own }
  return content ? { envelope, failure: undefined, content } : { envelope, failure: undefined }
}

function fail(envelopeFor: Envelope, thrown: unknown): CallOutcome {
  const failure = toAppError(thrown)
  return { envelope: { ...envelopeFor(false), ...toWireError(failure) }, failure }
}
