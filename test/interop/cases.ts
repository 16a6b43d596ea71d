/** What a node of ours and a peer on py-libp2p do with each other. In their order: later ones stand on what earlier ones did. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseInvitation } from '../../src/services/peers/invitations.ts'
import type { Connection } from '../helpers/processes.ts'
import type { Json, PythonPeer } from './python-peer.ts'

export interface Scene {
  /** Calls to our node, as its user. */
  node: Connection
  nodeId: string
  nodeAddress: string
  python: PythonPeer
  /** Another that nobody invited. */
  stranger: PythonPeer
  /** Starts one more, with a key of this kind. */
  another: (key: string) => Promise<PythonPeer>
  /** Facts worth keeping that are no verdict. */
  note: (text: string) => void
}

export type Case = readonly [guarantee: string, run: (scene: Scene) => Promise<void>]

const CACHE_TOOLS = ['p2p_cache_get', 'p2p_cache_set', 'p2p_cache_has', 'p2p_cache_delete']
const TASK = { task_type: 'text-generation', model_name: 'tiny', payload: { prompt: 'Hello', priority: 7 } }

const errorOf = (answer: Json): Json => Object(answer.error)
const resultOf = (answer: Json): Json => Object(answer.result)

export const CASES: readonly Case[] = [
  [
    'a key that nobody invited is refused, and no stream of it exists',
    async ({ stranger, nodeAddress, nodeId, node }) => {
      const came = await stranger
        .do('connect', { address: nodeAddress })
        .then(() => stranger.do('open', { peer_id: nodeId }))
        .then(() => stranger.request('initialize'))
        .then(
          () => true,
          () => false
        )
      assert.equal(came, false)
      assert.ok(Number((await node.call('p2p_status')).refused_connections) > 0)
    }
  ],
  [
    'TCP, Noise and Yamux are what both agree on',
    async ({ node, python, nodeAddress, note }) => {
      // While an invitation is open strangers may come in.
      await invite(node)
      const { muxer, security } = Object(await python.do('connect', { address: nodeAddress }))
      note(`layers in py-libp2p: ${muxer} over ${security.join(', ')}`)
      assert.match(muxer, /yamux/i)
      assert.match(security.join(' '), /noise/i)
    }
  ],
  [
    'a peer in Python joins by an invitation, which works once',
    async ({ node, python, nodeId }) => {
      const { secret } = parseInvitation(await invite(node))
      assert.deepEqual(await python.do('join', { peer_id: nodeId, secret }), { ok: true })
      assert.equal(Object(await python.do('join', { peer_id: nodeId, secret })).ok, false)
      const { peers } = await node.call('peer_list')
      const known = (peers as Json[]).find(({ peer_id }) => peer_id === python.peerId)
      assert.equal(known?.is_trusted, true)
    }
  ],
  [
    'identify tells the peer in Python which protocols we speak',
    async ({ python, nodeId, note }) => {
      const protocols = (await python.do('protocols', { peer_id: nodeId })) as string[]
      note(`protocols seen by identify: ${protocols.join(' ')}`)
      assert.ok(protocols.includes('/mcp+p2p/1.0.0'))
    }
  ],
  [
    'a request before initialize is told init_required',
    async ({ python, nodeId }) => {
      await python.do('open', { peer_id: nodeId })
      const { code, message } = errorOf(await python.request('tools/list'))
      assert.deepEqual({ code, message }, { code: -32000, message: 'init_required' })
    }
  ],
  [
    'initialize answers what nodes in Python look for',
    async ({ python, nodeId }) => {
      await python.do('open', { peer_id: nodeId })
      const result = resultOf(await python.request('initialize', { clientInfo: { name: 'interop', version: '1' } }))
      assert.equal(result.ok, true)
      assert.equal(result.protocolVersion, '2024-11-05')
      assert.equal(result.transport, '/mcp+p2p/1.0.0')
      assert.equal(Object(result.server).peer_id, nodeId)
      assert.ok(Object(result.limits).max_frame_bytes >= 1_048_576)
    }
  ],
  [
    'an id that was used for initialize may be used again, as the client in Python does',
    async ({ python, nodeId }) => {
      await python.do('open', { peer_id: nodeId })
      const frames = [
        { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} },
        { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'task_queue.rpc', arguments: { op: 'status' } } }
      ]
      const first = (await python.do('send', { hex: frameOf(frames[0]), reads: 1 })) as Json[]
      const second = (await python.do('send', { hex: frameOf(frames[1]), reads: 1 })) as Json[]
      assert.equal(first[0]?.id, 1)
      assert.equal(Object(resultOf(second[0] ?? {}).content).ok, true)
    }
  ],
  [
    'tools/list gives tools with their schemas',
    async ({ python, nodeId }) => {
      await openSession(python, nodeId)
      const tools = resultOf(await python.request('tools/list')).tools as Json[]
      assert.ok(tools.length > 0)
      for (const tool of tools) assert.equal(typeof tool.inputSchema, 'object')
    }
  ],
  [
    'task_queue.rpc: status says who answers',
    async ({ python, nodeId }) => {
      const answer = await python.queue('status')
      assert.equal(answer.ok, true)
      assert.equal(answer.peer_id, nodeId)
    }
  ],
  [
    'task_queue.rpc: a task goes from submit by claim to complete, by its id alone, and its submitter is the key of the connection',
    async ({ python, node }) => {
      // Work is taken for types that somebody asks for: a worker that was never seen counts for nothing.
      const refused = await python.queue('submit', TASK)
      assert.deepEqual([refused.ok, refused.error], [false, 'service_unavailable'])
      const early = await python.queue('claim', { worker_id: 'py-1', supported_task_types: ['text-generation'] })
      assert.equal(early.task, null)
      const submitted = await python.queue('submit', { ...TASK, peer_id: '12D3KooWSomebodyElse' })
      assert.equal(submitted.ok, true, JSON.stringify(submitted))
      const { task_id } = submitted
      const { task } = await python.queue('claim', { worker_id: 'py-1', supported_task_types: ['text-generation'] })
      assert.equal(Object(task).task_id, task_id)
      assert.deepEqual(Object(task).payload, TASK.payload, JSON.stringify(task))
      assert.equal(Object(task).assigned_worker, 'py-1')
      assert.equal(typeof Object(task).created_at, 'number')
      assert.equal((await python.queue('complete', { task_id, status: 'completed', result: { text: 'Hi' } })).ok, true)
      const shown = Object((await python.queue('get', { task_id })).task)
      assert.equal(shown.status, 'completed')
      const told = await node.call('task_status', { task_id: String(task_id) })
      assert.equal(Object(told.submitter).id, `peer:${python.peerId}`)
    }
  ],
  [
    'task_queue.rpc: claim_many gives several, release gives back, cancel ends what waits, an unknown task is null',
    async ({ python }) => {
      const ids = []
      for (let n = 0; n < 3; n++) ids.push((await python.queue('submit', { ...TASK, payload: { n } })).task_id)
      const { tasks } = await python.queue('claim_many', {
        worker_id: 'py-1',
        max_tasks: 2,
        task_types: 'text-generation'
      })
      assert.equal((tasks as Json[]).length, 2)
      const [held] = tasks as Json[]
      assert.equal((await python.queue('release', { task_id: held?.task_id, worker_id: 'py-1' })).ok, true)
      assert.equal((await python.queue('cancel', { task_id: ids[2] })).cancelled, true)
      const unknown = await python.queue('get', { task_id: 'nowhere' })
      assert.deepEqual([unknown.ok, unknown.task], [true, null])
      for (const { task_id } of tasks as Json[])
        await python.queue('complete', { task_id, status: 'failed', error: 'no' })
    }
  ],
  [
    'task_queue.rpc: cache.set, get, has and delete',
    async ({ python }) => {
      assert.equal((await python.queue('cache.set', { key: 'k', value: { a: [1, 'ä', null] }, ttl_s: 60 })).ok, true)
      const { hit, value } = await python.queue('cache.get', { key: 'k' })
      assert.deepEqual({ hit, value }, { hit: true, value: { a: [1, 'ä', null] } })
      assert.equal((await python.queue('cache.has', { key: 'k' })).hit, true)
      assert.equal((await python.queue('cache.delete', { key: 'k' })).ok, true)
      assert.equal((await python.queue('cache.get', { key: 'k' })).hit, false)
    }
  ],
  [
    'task_queue.rpc: what is missing, unknown or not granted has its word',
    async ({ python }) => {
      assert.equal((await python.queue('claim')).error, 'missing_worker_id')
      assert.equal((await python.queue('dance')).error, 'unknown_op')
      const call = await python.queue('call_tool', { tool: 'load_dataset', args: { source: 'x.csv' } })
      assert.deepEqual([call.ok, call.error], [false, 'forbidden'])
    }
  ],
  [
    'many requests in flight on one stream each get their own answer, and one that waits holds up none',
    async ({ python }) => {
      const wait = ['tools/call', { name: 'task_queue.rpc', arguments: { op: 'claim', worker_id: 'w', wait_s: 1 } }]
      const sets = Array.from({ length: 40 }, (_, n) => [
        'tools/call',
        { name: 'task_queue.rpc', arguments: { op: 'cache.set', key: `key-${n}`, value: 'x'.repeat(n * 500) } }
      ])
      const answers = (await python.do('requests', { requests: [wait, ...sets] })) as Json[]
      assert.equal(Object(resultOf(answers[0] ?? {}).content).ok, true)
      for (const [n, answer] of answers.slice(1).entries()) {
        assert.equal(Object(resultOf(answer).content).key, `key-${n}`)
      }
    }
  ],
  [
    'a body of a megabyte goes there and back, through many windows of the muxer',
    async ({ python }) => {
      const value = 'ä€😀'.repeat(50_000)
      assert.equal((await python.queue('cache.set', { key: 'big', value })).ok, true)
      assert.equal((await python.queue('cache.get', { key: 'big' })).value, value)
    }
  ],
  [
    'a frame that claims four gigabytes is answered frame_too_large, and its stream ends',
    async ({ python, nodeId }) => {
      await openSession(python, nodeId)
      const [answer] = (await python.do('send', { hex: 'ffffffff', reads: 1 })) as Json[]
      const { code, message } = errorOf(answer ?? {})
      assert.deepEqual({ code, message }, { code: -32003, message: 'frame_too_large' })
      assert.ok(await python.do('ended'))
    }
  ],
  [
    'a frame that is no JSON is answered invalid_json, and its stream ends',
    async ({ python, nodeId }) => {
      await openSession(python, nodeId)
      const [answer] = (await python.do('send', { hex: '000000037b7b7b', reads: 1 })) as Json[]
      assert.equal(errorOf(answer ?? {}).message, 'invalid_json')
      assert.ok(await python.do('ended'))
    }
  ],
  [
    'our node calls a tool of the peer in Python over its own connection',
    async ({ node, python, nodeId }) => {
      await python.do('serve', { wants_session: false })
      const { result, message } = await node.call('peer_call_tool', {
        tool: 'add',
        args: { a: 2, b: 3 },
        target_peer_id: python.peerId
      })
      assert.equal(Object(result).sum, 5, String(message))
      assert.ok(((await python.do('seen')) as string[]).includes(nodeId))
    }
  ],
  [
    'our node dials the peer in Python by its address, which must be its own',
    async ({ node, stranger, python }) => {
      await stranger.do('serve', { wants_session: false })
      const call = { tool: 'add', args: { a: 20, b: 3 } }
      const { result, message } = await node.call('peer_call_tool', { ...call, remote_multiaddr: stranger.address })
      assert.equal(Object(result).sum, 23, String(message))
      await node.call('peer_disconnect', { peer_id: stranger.peerId })
      const wrong = stranger.address.replace(stranger.peerId, python.peerId)
      await node.call('peer_disconnect', { peer_id: python.peerId })
      const refused = await node.call('peer_connect', { peer_id: python.peerId, multiaddr: wrong, retry_count: 0 })
      assert.equal(refused.error, 'PEER_MISMATCH')
    }
  ],
  [
    'our node begins a session with a peer that wants one',
    async ({ node, stranger }) => {
      await stranger.do('serve', { wants_session: true })
      const target = { remote_multiaddr: stranger.address }
      for (const a of [1, 2, 3]) {
        const { result, message } = await node.call('peer_call_tool', { tool: 'add', args: { a, b: 1 }, ...target })
        assert.equal(Object(result).sum, a + 1, String(message))
      }
      const unknown = await node.call('peer_call_tool', { tool: 'dance', ...target })
      assert.equal(unknown.success, false)
    }
  ],
  ...['rsa', 'secp256k1'].map(
    (key): Case => [
      `a peer with a key of the kind ${key} joins and is known by it`,
      async ({ node, nodeId, nodeAddress, another, note }) => {
        await using peer = await another(key)
        const { secret } = parseInvitation(await invite(node))
        await peer.do('connect', { address: nodeAddress })
        assert.deepEqual(await peer.do('join', { peer_id: nodeId, secret }), { ok: true })
        await openSession(peer, nodeId)
        assert.equal((await peer.queue('status')).ok, true)
        note(`its id: ${peer.peerId}`)
      }
    ]
  ),
  [
    'a peer that was forgotten is refused at once',
    async ({ node, python, nodeId, nodeAddress }) => {
      await node.call('peer_forget', { peer_id: python.peerId })
      await sleep(500)
      const came = await openSession(python, nodeId, nodeAddress).then(
        () => true,
        () => false
      )
      assert.equal(came, false)
    }
  ]
]

async function invite(node: Connection): Promise<string> {
  const { invitation, message } = await node.call('peer_invite', { tools: CACHE_TOOLS })
  assert.ok(invitation, String(message))
  return String(invitation)
}

async function openSession(python: PythonPeer, nodeId: string, address?: string): Promise<void> {
  if (address !== undefined) await python.do('connect', { address })
  await python.do('open', { peer_id: nodeId })
  assert.equal(resultOf(await python.request('initialize')).ok, true)
}

function frameOf(message: unknown): string {
  const body = Buffer.from(JSON.stringify(message))
  const header = Buffer.alloc(4)
  header.writeUInt32BE(body.length)
  return Buffer.concat([header, body]).toString('hex')
}
