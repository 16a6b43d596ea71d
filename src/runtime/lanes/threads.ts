/**
 * Threads for tools that compute. A thread starts when a call needs one, runs one call at a time, and ends when it was idle for a while.
 * A call that is aborted gets a moment to stop; then its thread is ended under it, so that a busy loop outlives no call. A thread that
 * takes more memory than it may ends alone. The memory that is bounded is that of JavaScript values, not of typed arrays.
 */
import { Worker } from 'node:worker_threads'
import type { Clock } from '../../core/clock.ts'
import { AppError, hasCode } from '../../core/errors.ts'
import type { CallContext } from '../../core/tool.ts'
import type { Execute } from './lane.ts'
import { errorOf, type FromThread, failureOf, type ToThread } from './thread-port.ts'

/** For a tool to end by itself once it is aborted. */
const ABORT_GRACE_MS = 250
/** A start costs some 40 ms, a thread that waits some 10 MB. */
const IDLE_MS = 30_000

export interface ThreadPoolOptions {
  /** The module that a thread runs: it calls `serveTools`. */
  module: URL
  /** Of the values of one thread. */
  memoryMb: number
  clock: Clock
  idleMs?: number
}

export interface ThreadPool {
  /** Runs a tool in a thread of its own for the call. The lane bounds how many there are. */
  execute: Execute
  /** Threads that exist. */
  size(): number
  /** Ends all threads, and the calls in them with CANCELLED. */
  stop(): Promise<void>
}

interface Thread {
  run(job: ToThread, context: CallContext): Promise<unknown>
  end(): Promise<unknown>
}

export function createThreadPool({ module, memoryMb, clock, idleMs = IDLE_MS }: ThreadPoolOptions): ThreadPool {
  const all = new Set<Thread>()
  const idle = new Map<Thread, () => void>()

  /** The one that was used last, so that those beyond the need grow old. */
  function take(): Thread {
    const thread = [...idle.keys()].at(-1)
    if (!thread) return open()
    idle.get(thread)?.()
    idle.delete(thread)
    return thread
  }

  function open(): Thread {
    const thread = startThread({ module, memoryMb, clock }, () => {
      all.delete(thread)
      idle.get(thread)?.()
      idle.delete(thread)
    })
    all.add(thread)
    return thread
  }

  return {
    size: () => all.size,
    async execute(_tool, { category, name }, input, context) {
      const thread = take()
      const { principal, callId } = context
      try {
        return await thread.run({ kind: 'run', category, tool: name, input, principal, callId }, context)
      } finally {
        // One that has ended is in neither.
        if (all.has(thread))
          idle.set(
            thread,
            clock.after(idleMs, () => void thread.end())
          )
      }
    },
    async stop() {
      await Promise.all([...all].map(thread => thread.end()))
    }
  }
}

function startThread(
  { module, memoryMb, clock }: Pick<ThreadPoolOptions, 'module' | 'memoryMb' | 'clock'>,
  onEnd: () => void
): Thread {
  const worker = new Worker(module, {
    name: 'tools',
    // What a tool prints must not reach the streams of the process: one of them may be a protocol.
    stdout: true,
    stderr: true,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memoryMb }
  })
  let settle: { resolve: (value: unknown) => void; reject: (error: unknown) => void } | undefined
  let context: CallContext | undefined
  let failure: unknown
  worker.stdout.resume()
  worker.stderr.resume()
  worker.unref()
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'value') settle?.resolve(message.value)
    else if (message.kind === 'failure') settle?.reject(errorOf(message.failure))
    else if (context) hand(message, context)
  })
  worker.on('messageerror', error => settle?.reject(error))
  worker.on('error', error => {
    failure = hasCode(error, 'ERR_WORKER_OUT_OF_MEMORY')
      ? new AppError('TOO_LARGE', `The call needed more than ${memoryMb} MB of memory; give it less at a time`)
      : error
  })
  worker.on('exit', () => {
    onEnd()
    const { signal } = context ?? {}
    settle?.reject(
      failure ?? (signal?.aborted ? signal.reason : new AppError('CANCELLED', 'The thread of the call was ended'))
    )
  })

  return {
    end: () => worker.terminate(),
    async run(job, callContext) {
      const { signal } = callContext
      let cancelGrace = () => {}
      const onAbort = () => {
        worker.postMessage({ kind: 'abort', failure: failureOf(signal.reason) } satisfies ToThread)
        cancelGrace = clock.after(ABORT_GRACE_MS, () => void worker.terminate())
      }
      context = callContext
      // The call keeps the process alive, an idle thread does not.
      worker.ref()
      try {
        return await new Promise((resolve, reject) => {
          settle = { resolve, reject }
          worker.postMessage(job)
          signal.addEventListener('abort', onAbort, { once: true })
        })
      } finally {
        settle = undefined
        context = undefined
        worker.unref()
        signal.removeEventListener('abort', onAbort)
        cancelGrace()
      }
    }
  }
}

function hand(message: FromThread, { progress, log, client }: CallContext): void {
  if (message.kind === 'progress') progress(message.done, message.total, message.message)
  else if (message.kind === 'log') log[message.level](message.message, message.fields)
  else if (message.kind === 'tell') client.tell(message.level, message.message)
}
