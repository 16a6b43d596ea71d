/**
 * Processes for tools that compute. One starts when a call needs it, runs one call at a time, and ends when it was idle for a while.
 * A call that is aborted gets a moment to stop; then its process is ended under it, so that a busy loop outlives no call. A process
 * that takes more memory than it may ends alone.
 */
import type { ChildEnd, StartChild } from '../../core/child.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { CallContext } from '../../core/tool.ts'
import type { Execute } from './lane.ts'
import { errorOf, type FromTools, failureOf, type ToTools } from './tool-port.ts'

/** For a tool to end by itself once it is aborted. */
const ABORT_GRACE_MS = 250
/** A start costs some 60 ms, a process that waits some 65 MB. */
const IDLE_MS = 30_000

export interface ChildPoolOptions {
  start: StartChild
  /** What a child runs: it calls `serveTools`. */
  module: URL
  /** Of the values of one child. */
  memoryMb: number
  clock: Clock
  idleMs?: number
}

export interface ChildPool {
  /** Runs a tool in a process of its own for the call. The lane bounds how many there are. */
  execute: Execute
  /** Processes that exist. */
  size(): number
  /** Ends all processes, and the calls in them with CANCELLED. */
  stop(): Promise<void>
}

interface Worker {
  run(job: ToTools, context: CallContext): Promise<unknown>
  end(): Promise<unknown>
}

export function createChildPool(options: ChildPoolOptions): ChildPool {
  const { clock, idleMs = IDLE_MS } = options
  const all = new Set<Worker>()
  const idle = new Map<Worker, () => void>()

  /** The one that was used last, so that those beyond the need grow old. */
  function take(): Worker {
    const worker = [...idle.keys()].at(-1)
    if (!worker) return open()
    idle.get(worker)?.()
    idle.delete(worker)
    return worker
  }

  function open(): Worker {
    const worker = startWorker(options, () => {
      all.delete(worker)
      idle.get(worker)?.()
      idle.delete(worker)
    })
    all.add(worker)
    return worker
  }

  return {
    size: () => all.size,
    async execute(_tool, { category, name }, input, context) {
      const worker = take()
      const { principal, callId } = context
      try {
        return await worker.run({ kind: 'run', category, tool: name, input, principal, callId }, context)
      } finally {
        // One that has ended is in neither.
        if (all.has(worker))
          idle.set(
            worker,
            clock.after(idleMs, () => void worker.end())
          )
      }
    },
    async stop() {
      await Promise.all([...all].map(worker => worker.end()))
    }
  }
}

function startWorker({ start, module, memoryMb, clock }: ChildPoolOptions, onEnd: () => void): Worker {
  const child = start(module, memoryMb)
  let settle: { resolve: (value: unknown) => void; reject: (error: unknown) => void } | undefined
  let context: CallContext | undefined
  child.onMessage((message: FromTools) => {
    if (message.kind === 'value') settle?.resolve(message.value)
    else if (message.kind === 'failure') settle?.reject(errorOf(message.failure))
    else if (context) hand(message, context)
  })
  child.onEnd(end => {
    onEnd()
    const { signal } = context ?? {}
    settle?.reject(signal?.aborted ? signal.reason : errorOfEnd(end, memoryMb))
  })

  return {
    end: () => child.end(),
    async run(job, callContext) {
      const { signal } = callContext
      let cancelGrace = () => {}
      const onAbort = () => {
        child.post({ kind: 'abort', failure: failureOf(signal.reason) } satisfies ToTools)
        cancelGrace = clock.after(ABORT_GRACE_MS, () => void child.end())
      }
      context = callContext
      // The call keeps this process alive, an idle child does not.
      child.hold(true)
      try {
        return await new Promise((resolve, reject) => {
          settle = { resolve, reject }
          child.post(job)
          signal.addEventListener('abort', onAbort, { once: true })
        })
      } finally {
        settle = undefined
        context = undefined
        child.hold(false)
        signal.removeEventListener('abort', onAbort)
        cancelGrace()
      }
    }
  }
}

function errorOfEnd({ cause, words }: ChildEnd, memoryMb: number): Error {
  if (cause === 'memory') {
    return new AppError('TOO_LARGE', `The call needed more than ${memoryMb} MB of memory; give it less at a time`)
  }
  if (cause === 'ended') return new AppError('CANCELLED', 'The process of the call was ended')
  return new Error('The process of the call ended by itself', { cause: words })
}

function hand(message: FromTools, { progress, log, client }: CallContext): void {
  if (message.kind === 'progress') progress(message.done, message.total, message.message)
  else if (message.kind === 'log') log[message.level](message.message, message.fields)
  else if (message.kind === 'tell') client.tell(message.level, message.message)
}
