/** Keeps every place of the general and the worker lane of a node taken, and some calls waiting in both. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenPeer } from './peers-open.ts'

/** The general lane has 16 places, the worker lane as many as the machine has processors, less one. */
const GENERAL_CALLERS = 32
const WORKER_CALLERS = 4
/** Some 10 ms of work for a thread. */
const TEXT = 'A sentence of a text that is long. '.repeat(6000)
/** Of a block that nobody here has. */
const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

/** General calls wait for the gateway at `url`; worker calls cut a long text. Ends them when the answer is called. */
export function saturate({ call }: OpenPeer, url: string): () => Promise<void> {
  let isOver = false
  async function again(tool: string, args: object): Promise<void> {
    while (!isOver) {
      // The server answers late, and that there is nothing.
      await call(tool, args).catch(() => sleep(1))
    }
  }
  const callers = [
    ...Array.from({ length: GENERAL_CALLERS }, () => again('get_from_ipfs', { cid: CID, gateway: url })),
    ...Array.from({ length: WORKER_CALLERS }, () => again('chunk_text', { text: TEXT, strategy: 'sentence' }))
  ]
  return async () => {
    isOver = true
    await Promise.all(callers)
  }
}
