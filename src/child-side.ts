/** The side of a child process: at the lowest priority, and gone when its parent is. */
import { setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ParentPort } from './core/child.ts'

/** How long a busy child may outlive a parent that was killed. */
const LOOK_MS = 1000

/** In a thread, since the code of the child may be busy for ever. Windows keeps the id of a parent that is gone, so it is asked for. */
const WATCH = `
  const { workerData } = require('node:worker_threads')
  const isThere = () => {
    try { return process.kill(workerData.parent, 0) && process.ppid === workerData.parent } catch { return false }
  }
  setInterval(() => { if (!isThere()) process.kill(process.pid, 'SIGKILL') }, workerData.everyMs)
`

/** The parent of this process, which must have been started by `startChild`. */
export function connectParent(): ParentPort {
  // The parent and its sockets come first.
  setPriority(19)
  process.once('disconnect', () => process.exit())
  const parent = Number(process.argv[2])
  new Worker(WATCH, { eval: true, workerData: { parent, everyMs: LOOK_MS } }).unref()
  return {
    post: message => void process.send?.(message),
    onMessage: listener => void process.on('message', listener as (message: unknown) => void)
  }
}
