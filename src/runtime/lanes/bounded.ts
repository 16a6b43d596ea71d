/**
 * A lane: so many calls run at once, so many wait, the rest are BUSY. Each lane has its own budget, so that
 * one that is full never delays another.
 */
import { AppError } from '../../core/errors.ts'
import { type Execute, executeHere, type Lane } from './lane.ts'

/** Looked at whenever a call comes or goes, so that it may change. */
export interface LaneBudget {
  /** Calls that run at once. */
  readonly concurrency: number
  /** Calls that may wait for a place. */
  readonly queue: number
}

export function createBoundedLane(name: string, budget: LaneBudget, execute: Execute = executeHere): Lane {
  const waiting: { resume: () => void; isGone: boolean }[] = []
  let running = 0
  let queued = 0
  let refused = 0

  function admit(signal: AbortSignal): Promise<void> {
    if (queued >= budget.queue) {
      refused++
      throw new AppError('BUSY', `The ${name} lane runs ${running} calls and ${queued} wait; call again in a moment`, {
        details: { lane: name, concurrency: budget.concurrency, queue: budget.queue }
      })
    }
    queued++
    return new Promise((resolve, reject) => {
      const turn = {
        isGone: false,
        resume() {
          signal.removeEventListener('abort', leave)
          queued--
          running++
          resolve()
        }
      }
      const leave = () => {
        turn.isGone = true
        queued--
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(turn)
    })
  }

  /** More than one call may follow where the budget has grown meanwhile, and none where it has shrunk. */
  function release() {
    running--
    while (running < budget.concurrency) {
      let next = waiting.shift()
      while (next?.isGone) next = waiting.shift()
      if (!next) return
      next.resume()
    }
  }

  return {
    name,
    execute,
    load: () => ({ running, queued, refused }),
    async run(task, signal) {
      if (running < budget.concurrency) running++
      else await admit(signal)
      try {
        return await task()
      } finally {
        release()
      }
    }
  }
}
