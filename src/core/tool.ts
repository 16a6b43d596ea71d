/** What a tool is: data that declares it, and one function that runs it. */
import type { z } from 'zod'
import type { Client, Question } from './client.ts'
import type { Clock } from './clock.ts'
import type { AppError, ErrorCode } from './errors.ts'
import type { Log } from './log.ts'
import type { Evidence, Principal } from './principal.ts'
import type { TaskScope } from './scope.ts'
import type { Trace } from './tracer.ts'

/** Every service by name. Each `services/<name>/api.ts` adds itself by declaration merging. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface Services {}
export type ServiceName = keyof Services

/** The lane a tool runs in: the router's only input. */
export type Runtime = 'general' | 'p2p' | 'worker'
/** What a call changes; MCP's annotations derive from it. */
export type Effect = 'read' | 'create' | 'replace' | 'delete' | 'external'

/**
 * For tools that may take long: a client that can ask later gets the handle of a task when the call is not done in a moment.
 * `required` refuses clients that cannot; without a value every client waits for the call.
 */
export type TaskSupport = 'offered' | 'required'

/** Reports progress of long work: `done` of `total` (any unit, growing) and a word for people. */
export type ReportProgress = (done: number, total?: number, message?: string) => void

/** All that a running tool gets from the outside. */
export interface CallContext<N extends ServiceName = ServiceName> {
  readonly services: Pick<Services, N>
  readonly signal: AbortSignal
  readonly principal: Principal
  readonly log: Log
  readonly progress: ReportProgress
  readonly client: Client
  readonly clock: Clock
  readonly scope: TaskScope
  readonly callId: string
}

export interface ToolLimits {
  /** How long a call may take, DEADLINE_EXCEEDED after that; the configured `server.tool_timeout` if it has none of its own. */
  timeoutMs?: number
  /** Bytes of JSON that a result may have. A tool keeps to it by a page, a sample or a handle; what exceeds it is TOO_LARGE. */
  resultBytes: number
  isIdempotent: boolean
  isRetrySafe: boolean
  /** Its calls mostly wait for something to happen, and take no place of those that work. Of peer-to-peer tools. */
  waits?: boolean
}

/**
 * A call that a reader can repeat: run as a test and printed in the reference. A text in angle brackets, `<lease_token>`, stands
 * for the newest member of that name that the calls before it answered.
 */
export interface ToolExample {
  title: string
  /** Calls that set the stage, in order. */
  before?: { tool: string; args: Record<string, unknown> }[]
  input: Record<string, unknown>
  /** What the result contains; members not named here may have any value. */
  output?: Record<string, unknown>
  /** Instead of an output: the code with which it fails. */
  error?: ErrorCode
}

export interface ToolSpec<I extends z.ZodType, O extends z.ZodType, N extends ServiceName> {
  /** The wire name: snake_case, unique over the server, never changed. */
  name: string
  aliases?: readonly ToolAlias<z.output<O>>[]
  group?: string
  /** One line for people. */
  title: string
  /** How people ask for it, in words that are not its own; only the search reads them. */
  askedFor?: readonly string[]
  /** One to three sentences for models: what for, when not, units, limits. */
  description: string
  runtime: Runtime
  /** Who else may start it: nobody, the task queue, or also a trusted peer. `never` by default. */
  remote?: 'never' | 'task' | 'peer'
  asTask?: TaskSupport
  effect: Effect
  /** The ability it asks for, and the resource that a given input touches. */
  capability: { ability: string; resource: (input: z.output<I>) => string }
  needs: readonly N[]
  input: I
  output: O
  errors: readonly ErrorCode[]
  limits?: Partial<ToolLimits>
  examples: readonly ToolExample[]
  /** Returns a plain value that fits `output`, or throws an AppError. */
  run(input: z.output<I>, ctx: CallContext<N>): Promise<z.input<O>> | z.input<O>
  /** What `run` asks its client before anything else. Where the call becomes a task, it is answered before the task begins. */
  asksFirst?(input: z.output<I>): Record<string, Question>
  /** How a model sees the value: pictures, sounds, resources. Without it, it sees the value as JSON. */
  present?(value: z.output<O>): readonly ContentBlock[]
}

/** One piece of content, as MCP has it. */
export type ContentBlock =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource_link'; uri: string; name: string; mimeType?: string; description?: string; size?: number }
  | { type: 'resource'; resource: { uri: string; mimeType?: string } & ({ text: string } | { blob: string }) }

/** Another name for a tool, as clients of other servers know it. */
export interface AliasNames {
  name: string
  /** Alias parameter to the tool's own parameter; others keep their name. */
  parameters?: Record<string, string>
  /** The tool's own parameters that are another by default there. */
  defaults?: Record<string, unknown>
}

export interface ToolAlias<V = unknown> extends AliasNames {
  /** What is answered under this name, where its clients count on another shape. */
  result?(value: V): Record<string, unknown>
}

/** A tool with its types erased: what the registry holds. */
export interface Tool {
  readonly name: string
  readonly aliases?: readonly ToolAlias[]
  readonly group?: string
  readonly title: string
  readonly askedFor?: readonly string[]
  readonly description: string
  readonly runtime: Runtime
  readonly remote?: 'never' | 'task' | 'peer'
  readonly asTask?: TaskSupport
  readonly effect: Effect
  readonly capability: { ability: string; resource(input: unknown): string }
  readonly needs: readonly ServiceName[]
  readonly input: z.ZodType
  readonly output: z.ZodType
  readonly errors: readonly ErrorCode[]
  readonly limits?: Partial<ToolLimits>
  readonly examples: readonly ToolExample[]
  run(input: unknown, ctx: CallContext): Promise<unknown> | unknown
  asksFirst?(input: unknown): Record<string, Question>
  present?(value: unknown): readonly ContentBlock[]
}

/** Declares a tool. It returns its argument; it is there for the inference. */
export function defineTool<I extends z.ZodType, O extends z.ZodType, const N extends ServiceName>(
  spec: ToolSpec<I, O, N>
): Tool {
  // The dispatcher parses the input with `spec.input` before `run` sees it, which the erased type cannot say.
  return spec as unknown as Tool
}

export interface Category {
  id: string
  title: string
  summary: string
  tools: readonly Tool[]
}

export const DEFAULT_LIMITS: ToolLimits = {
  // Hosts cut a result at about 25,000 tokens, of about four bytes each.
  resultBytes: 100_000,
  isIdempotent: false,
  isRetrySafe: false
}

/** One call, as every transport makes it. */
export interface CallRequest {
  tool: string
  category?: string
  args: unknown
  evidence: Evidence
  /** Aborted when the caller goes away or cancels. */
  signal?: AbortSignal
  progress?: ReportProgress
  /** The client that can be asked back. */
  client?: Client
  /** The method of MCP that asked; `tools/call` if absent. */
  method?: string
  /** On whose behalf it is, for spans and the log. */
  trace?: Trace
  /** The `traceparent` of the span in which it was queued, of a call that comes from a queue. */
  follows?: string | undefined
}

/** What every call ends in: the envelope, whether it went well or not. */
export interface CallOutcome {
  /** The tool's value with `success`, `status` and `request_id`, or the wire error with them. */
  envelope: Record<string, unknown>
  failure: AppError | undefined
  /** What the tool shows instead of the envelope's JSON. */
  content?: readonly ContentBlock[]
}

/** Runs a tool by name. Code that calls tools gets this by injection. */
export type Invoke = (request: CallRequest) => Promise<CallOutcome>
