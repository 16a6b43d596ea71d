/**
 * A trusted peer that lies: it uses the names of others, shows tokens that are not its own, asks for what it was not granted, sends
 * again what it sent before, and writes what is no frame.
 */
import { encodeFrame } from '../../../src/protocol/wire/frame.ts'
import { callParams } from '../../../src/protocol/wire/remote-call.ts'
import { drawWork, type StrangerOptions } from './old-peer.ts'
import { frameOf, type Message, type RawStream } from './raw-peer.ts'
import { WORK_TOOLS } from './work-tools.ts'

export const LIAR_WORKER = 'liar'
export const LIAR_GRANT = [
  ...['p2p_status', 'worker_register', 'worker_unregister'],
  ...['submit', 'list', 'status', 'claim', 'heartbeat', 'complete', 'release'].map(name => `task_${name}`)
]

export interface LiarOptions extends StrangerOptions {
  /** Names of the workers of others. */
  workerIds: readonly string[]
  /** Peers that it says to be. */
  peerIds: readonly string[]
}

export async function lie({ world, peer, isOver, workerIds, peerIds }: LiarOptions): Promise<void> {
  const dice = world.dice.split()
  const sent: Uint8Array[] = []
  const taskIds: string[] = []
  const tokens: string[] = []
  let lastId = 0
  let stream: RawStream | undefined

  /** In one of the three ways that there are. */
  async function call(tool: string, args: object): Promise<Message | undefined> {
    const id = ++lastId
    const params = callParams(tool, args, { clientInfo: { name: dice.pick(['hub', 'left', 'right']), version: '1' } })
    const direct = { jsonrpc: '2.0', id, method: 'tools/call', params }
    sent.push(encodeFrame(JSON.stringify(direct)))
    const answer = await stream?.ask(direct)
    return (answer?.result as { structuredContent?: Message } | undefined)?.structuredContent
  }

  async function message(method: string, params: object): Promise<void> {
    const envelope = { type: 'request', method, params, id: `lie-${++lastId}`, sender: any(peerIds) }
    const other = await peer.open()
    other.send(envelope)
    await world.sleep(500)
    other.close()
  }

  async function rpc(op: string, more: object): Promise<void> {
    const other = await peer.open()
    await other.ask({ jsonrpc: '2.0', id: ++lastId, method: 'initialize', params: {} })
    const params = { name: 'task_queue.rpc', arguments: { op, peer_id: any(peerIds), ...more } }
    await other.ask({ jsonrpc: '2.0', id: ++lastId, method: 'tools/call', params })
    other.close()
  }

  const any = (from: readonly string[]): string => from[dice.below(from.length)] ?? 'nobody'

  /** Its own, or one that comes before or after it. */
  function anyToken(): string {
    const [epoch = '', count = '0'] = any(tokens).split('-')
    const near = String(Math.max(0, Number(count) + dice.below(6) - 1)).padStart(count.length, '0')
    return dice.chance(0.7) ? `${epoch}-${near}` : any([...tokens, 'none', '9999999999-999999999999'])
  }

  async function act(): Promise<unknown> {
    const forged = { task_id: any(taskIds), lease_token: anyToken() }
    switch (dice.below(16)) {
      case 0:
      case 1:
        return await look()
      case 2:
        return await claim(LIAR_WORKER)
      case 3:
        return await claim(any(workerIds))
      case 4:
      case 5:
        return await call('task_complete', { ...forged, result: { token: forged.lease_token } })
      case 6:
        return await call(dice.pick(['task_heartbeat', 'task_release']), forged)
      case 7:
        return await call('worker_unregister', { worker_id: any(workerIds), graceful: false })
      case 8:
        return await askForMore()
      case 9:
        return await rpc(dice.pick(['complete', 'release']), { task_id: any(taskIds), result: { token: 'forged' } })
      case 10:
        return await message('task_submit', {
          task_type: 'tool.call',
          payload: { tool: 'work_copy', args: drawWork(dice) },
          tags: ['liar'],
          ...(dice.chance(0.3) && { submitter: { kind: 'local', id: 'local' } })
        })
      case 11:
        return stream?.write(sent[dice.below(sent.length)] ?? new Uint8Array([0]))
      case 12:
        return await call('p2p_status', { target_peer_id: any(peerIds) })
      case 13:
        return await writeNonsense()
      default:
        return await besiege()
    }
  }

  async function look(): Promise<void> {
    const answer = await call('task_list', { limit: 100 })
    const tasks = (answer?.tasks ?? []) as { task_id: string; status: string; worker_id: string | null }[]
    // What runs is what can be taken away.
    taskIds.splice(0)
    taskIds.push(...tasks.filter(({ status }) => status === 'running' || dice.chance(0.2)).map(task => task.task_id))
  }

  async function claim(worker_id: string): Promise<void> {
    const answer = await call('task_claim', { worker_id, lease_seconds: 2, wait_s: 0 })
    for (const { lease_token } of (answer?.tasks ?? []) as { lease_token: string }[]) tokens.push(lease_token)
  }

  /** Takes what runs, with the tokens that come after its own newest one. */
  async function besiege(): Promise<void> {
    await claim(LIAR_WORKER)
    await look()
    const [epoch = '', count = ''] = (tokens.at(-1) ?? '').split('-')
    for (const task_id of taskIds.slice(0, 3)) {
      for (const ahead of [1, 2, 3, -1]) {
        const lease_token = `${epoch}-${String(Number(count) + ahead).padStart(count.length, '0')}`
        await call('task_complete', { task_id, lease_token, result: { token: lease_token } })
      }
    }
  }

  async function askForMore(): Promise<void> {
    const more = [
      ['queue_clear', 'queue.clear', { confirm: true }],
      ['queue_pause', 'queue.pause', {}],
      ['task_cancel', 'cancel', { task_id: any(taskIds), force: true }],
      ['task_priority', 'task.priority', { task_id: any(taskIds), new_priority: 1, priority: 1 }],
      ['peer_list', 'call_tool', { tool: 'peer_list' }],
      ['peer_invite', 'call_tool', { tool: 'peer_invite' }],
      [any(WORK_TOOLS), 'call_tool', { tool: any(WORK_TOOLS) }]
    ] as const
    const [tool, op, args] = more[dice.below(more.length)] ?? more[0]
    const way = dice.below(3)
    if (way === 0) await call(tool, args)
    else if (way === 1) await rpc(op, args)
    else await message(tool, args)
  }

  async function writeNonsense(): Promise<void> {
    const other = await peer.open()
    const body = Buffer.from(dice.pick(['[1]', '"x"', '{"jsonrpc"', '\xff\xfe', '{}']), 'latin1')
    other.write(dice.pick([frameOf(body.length, body), frameOf(2 ** 32 - 1, body), frameOf(1000, body)]))
    await world.sleep(dice.between(1, 500))
    other.close()
  }

  while (!isOver()) {
    await world.sleep(dice.between(10, 700))
    if (!stream?.isOpen) stream = await peer.open({ isNewConnection: dice.chance(0.3) }).catch(() => undefined)
    if (stream) await act().catch(() => {})
  }
  stream?.close()
}
