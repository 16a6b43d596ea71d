/** Keeps every place of the general and the worker lane of a node taken, and some calls waiting in both. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenPeer } from './peers-open.ts'

/** The general lane has 16 places, the worker lane as many as the machine has processors, less one. */
const GENERAL_CALLERS = 32
const WORKER_CALLERS = 4
/** Some 40 ms of work for a thread. */
const TEXT = 'A sentence of a text that is long. '.repeat(40_000)

/** General calls wait for the server at `url`; worker calls cut a long text. Ends them when the answer is called. */
export function saturate({ call }: OpenPeer, url: string): () => Promise<void> {
  let isOver = false
  async function again(tool: string, args: object): Promise<void> {
    while (!isOver) {
      // The server answers late, and that there is nothing.
      await call(tool, args).catch(() => sleep(1))
    }
  }
  const callers = [
    ...Array.from({ length: GENERAL_CALLERS }, () => again('load_dataset', { source: url })),
    ...Array.from({ length: WORKER_CALLERS }, () => again('chunk_text', { text: TEXT, strategy: 'sentence' }))
  ]
  return async () => {
    isOver = true
    await Promise.all(callers)
  }
}
