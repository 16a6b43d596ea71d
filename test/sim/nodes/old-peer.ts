/** A worker that speaks `task_queue.rpc` as the nodes in Python do: it completes by the task's id, knows no tokens, and forgets a lot. */

import type { Work } from '../actors/work.ts'
import type { History } from '../history.ts'
import type { Dice } from '../world/dice.ts'
import type { World } from '../world/world.ts'
import type { Message, RawPeer, RawStream } from './raw-peer.ts'
import { WORK_TOOLS } from './work-tools.ts'

export const OLD_WORKER = 'old'
const LEASE_S = 8

interface OldTask {
  task_id: string
  lease_token: string
  attempt: number
  payload: { args: { durationMs: number; failures: number } }
}

/** What a peer of this kind has done. */
export const drawWork = (dice: Dice): Work => ({
  durationMs: dice.below(2000),
  failures: 0,
  code: 'FETCH_FAILED',
  hangs: 0,
  isDeaf: false,
  padding: ''
})

export interface StrangerOptions {
  world: World
  history: History
  peer: RawPeer
  isOver: () => boolean
}

export async function workAsOldPeer({ world, history, peer, isOver }: StrangerOptions): Promise<void> {
  const dice = world.dice.split()
  let lastId = 0
  let stream: RawStream | undefined

  async function rpc(args: Message): Promise<Message | undefined> {
    const params = { name: 'task_queue.rpc', arguments: args }
    const answer = await stream?.ask({ jsonrpc: '2.0', id: ++lastId, method: 'tools/call', params })
    const { content } = (answer?.result ?? {}) as { content?: Message }
    return content
  }

  async function round(): Promise<void> {
    if (!stream?.isOpen || dice.chance(0.1)) {
      stream?.close()
      stream = await peer.open({ isNewConnection: dice.chance(0.3) })
      await stream.ask({ jsonrpc: '2.0', id: ++lastId, method: 'initialize', params: {} })
    }
    if (dice.chance(0.3)) await submit()
    const askedAt = world.now()
    const types = WORK_TOOLS.map(tool => `tool.call/${tool}`).join(', ')
    const claim = { op: dice.pick(['claim', 'claim_next', 'Claim ']), worker_id: OLD_WORKER, lease_seconds: LEASE_S }
    const answer = await rpc({ ...claim, supported_task_types: types, wait_s: 2 })
    const task = answer?.task as OldTask | undefined
    if (task) await work(task, askedAt + LEASE_S * 1000, stream)
  }

  async function submit(): Promise<void> {
    const payload = { tool: dice.pick(['work_count', 'work_copy']), args: drawWork(dice) }
    await rpc({ op: 'submit', task_type: 'tool.call', payload, tags: ['old'], priority: 1 + dice.below(10) })
  }

  async function work(task: OldTask, until: number, from: RawStream | undefined): Promise<void> {
    const { task_id, lease_token, attempt, payload } = task
    const { durationMs, failures } = payload.args
    await world.sleep(Math.min(durationMs, 1.5 * LEASE_S * 1000))
    if (dice.chance(0.1)) return
    if (dice.chance(0.1)) return void (await rpc({ op: 'release', task_id, reason: 'Not now' }))
    if (attempt <= failures || dice.chance(0.15))
      return void (await rpc({ op: 'complete', task_id, status: 'failed', error: 'It failed as it was told to' }))
    if (world.now() < until) {
      world.note(OLD_WORKER, 'performs', task_id, lease_token)
      const effect = { worker: OLD_WORKER, taskId: task_id, token: lease_token, at: world.now() }
      history.effects.push({ ...effect, leaseLeftMs: until - world.now() })
    }
    // What comes too late is to be refused.
    const answer = await rpc({
      op: dice.pick(['complete', 'task.complete']),
      task_id,
      result: { token: lease_token, isSameStream: stream === from }
    })
    if (answer && answer.ok !== true && typeof answer.error !== 'string') history.fault('a refusal had no code')
  }

  while (!isOver()) {
    await round().catch(() => {})
    await world.sleep(dice.between(10, 1500))
  }
  stream?.close()
}
