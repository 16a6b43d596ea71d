/** Parts of schemas that the tools of the task queue share, and how they become what the queue takes. */
import { z } from 'zod'
import { AppError } from '../core/errors.ts'
import {
  LEASE_MS,
  type LogLine,
  MAX_CLAIM,
  PRIORITY,
  type Progress,
  type RetryPolicy,
  type TaskError
} from '../services/queue/api.ts'

const MAX_WAIT_S = 300
/** Of a tool that waits: its longest wait, and time to answer after it. */
export const WAIT_TIMEOUT_MS = (MAX_WAIT_S + 30) * 1000
const MAX_DAYS_S = 30 * 86_400
const MAX_METADATA_CHARACTERS = 16_384

const idField = () => z.string().min(1).max(200)
export const taskIdField = () => idField().describe('What task_submit answered')
export const workerIdField = () => idField().describe('A name of the worker’s own; it belongs to whoever used it first')
export const tokenField = () => z.string().min(1).max(64).describe('Of the claim; another one is STALE_LEASE')
export const taskTypeField = () => z.string().min(1).max(200)
export const taskTypesField = () => z.array(taskTypeField()).max(100)
export const capabilitiesField = () => z.array(z.string().min(1).max(200)).max(200)
export const payloadField = () => z.record(z.string().max(512), z.unknown())
export const reasonField = () => z.string().max(1000).optional()
export const priorityField = () =>
  z.number().min(PRIORITY.min).max(PRIORITY.max).describe('1 to 10, higher first; a fraction is rounded')
export const tagsField = () => z.array(z.string().min(1).max(128)).max(32)
export const timeField = () => z.iso.datetime({ offset: true }).max(40)
export const waitTimeField = () => z.number().min(0).max(MAX_WAIT_S)
export const waitField = (fallback: number) =>
  waitTimeField().default(fallback).describe('Seconds to wait for what is not there yet')
export const leaseField = () =>
  z
    .number()
    .min(LEASE_MS.min / 1000)
    .max(LEASE_MS.max / 1000)
    .describe('Seconds until others may take the task, unless a heartbeat comes')

export const notesField = () =>
  payloadField()
    .refine(notes => JSON.stringify(notes).length <= MAX_METADATA_CHARACTERS, {
      message: `At most ${MAX_METADATA_CHARACTERS} characters of JSON`
    })
    .optional()

export const retryPolicyField = () =>
  z.strictObject({
    max_attempts: z.int().min(1).max(1000).optional().describe('In all; 3 by default'),
    base_s: z.number().min(0).max(MAX_DAYS_S).optional().describe('Before the second attempt; 1 by default'),
    factor: z.number().min(1).max(100).optional().describe('Growth of the delay; 2 by default'),
    max_s: z.number().min(0).max(MAX_DAYS_S).optional(),
    jitter: z.number().min(0).max(1).optional().describe('Share of the delay that varies; 0.1 by default'),
    non_retryable: z.array(z.string().max(100)).max(100).optional().describe('Error codes after which it fails at once')
  })

export const progressField = () =>
  z.strictObject({ fraction: z.number().min(0).max(1).optional(), message: z.string().max(1000).optional() })

export const logsField = () =>
  z
    .array(
      z.strictObject({
        at: timeField().optional(),
        stream: z.enum(['log', 'stdout', 'stderr']).default('log'),
        message: z.string().max(10_000)
      })
    )
    .max(200)

export const failureField = () =>
  z.union([
    z.strictObject({
      code: z.string().min(1).max(100),
      message: z.string().max(4000),
      retryable: z.boolean().optional().describe('false ends the task at once'),
      details: notesField()
    }),
    z.string().max(4000)
  ])

export const claimField = () => ({
  worker_id: workerIdField(),
  task_types: taskTypesField().optional().describe('Every type by default'),
  capabilities: capabilitiesField().optional().describe('What else it can do; tasks may require it'),
  max_tasks: z.int().min(1).max(MAX_CLAIM).default(1),
  lease_seconds: leaseField().optional(),
  session_id: idField().optional().describe('Also takes tasks of this session'),
  task_id: idField().optional().describe('Takes this task only')
})

export const confirmField = () => z.boolean().default(false).describe('Must be true')

/** INVALID_INPUT unless the caller has confirmed what cannot be undone. */
export function requireConfirmed(confirm: boolean): void {
  if (confirm) return
  const message = 'Clearing cannot be undone; confirm it'
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/confirm', message, suggestion: 'true' }] })
}

/** The members that have a value, so that what a caller left out is absent. */
export function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const pairs = Object.entries(members).filter(([, value]) => value !== undefined)
  // The same members without those that are undefined, which `Object.fromEntries` cannot say.
  return Object.fromEntries(pairs) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

export const toMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.round(seconds * 1000)

export const toTime = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Date.parse(text)

export function toRetry(policy: z.output<ReturnType<typeof retryPolicyField>>): Partial<RetryPolicy> {
  const { max_attempts, base_s, factor, max_s, jitter, non_retryable } = policy
  return given({
    maxAttempts: max_attempts,
    baseMs: toMs(base_s),
    factor,
    maxMs: toMs(max_s),
    jitter,
    nonRetryable: non_retryable
  })
}

/** What a worker reports on its way. A line without a time has `now`. */
export function toReport(
  progress: z.output<ReturnType<typeof progressField>> | undefined,
  logs: z.output<ReturnType<typeof logsField>> | undefined,
  now: number
): { progress?: Progress; logs?: LogLine[] } {
  return given({
    progress: progress && given(progress),
    logs: logs?.map(({ at, stream, message }) => ({ at: toTime(at) ?? now, stream, message }))
  })
}

export function toFailure(error: z.output<ReturnType<typeof failureField>>): TaskError {
  if (typeof error === 'string') return { code: 'TASK_FAILED', message: error }
  const { code, message, retryable, details } = error
  return { code, message, ...given({ retryable, details }) }
}

export const toClaim = (claim: z.output<z.ZodObject<ReturnType<typeof claimField>>>) => ({
  workerId: claim.worker_id,
  ...given({
    types: claim.task_types,
    capabilities: claim.capabilities,
    sessionId: claim.session_id,
    taskId: claim.task_id,
    max: claim.max_tasks,
    leaseMs: toMs(claim.lease_seconds)
  })
})
