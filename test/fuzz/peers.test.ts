/** What a trusted peer can send, and what it can answer, damaged in every way: the node goes on, and so do the calls of others. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Connection, Stream } from '@libp2p/interface'
import { describe, expect, test } from 'vitest'
import { encodeFrame, HEADER_BYTES, MCP_P2P_PROTOCOL } from '../../src/protocol/wire/frame.ts'
import { JOIN_PROTOCOL } from '../../src/services/peers/joining.ts'
import { openPeerWire, openRawStream } from '../helpers/peer-wire.ts'
import { startRawPeer } from '../helpers/raw-peer.ts'
import { startPeer } from '../services/peers/network.ts'
import { MODERN_META } from '../transports/counterpart.ts'
import { below, createRng, mutate } from './mutate.ts'

const ROUNDS = Number(process.env.FUZZ ?? 400)
const SEED = Number(process.env.SEED ?? (process.env.FUZZ ? Date.now() % 2 ** 31 : 271_828_182))
/** Far above what these messages need, far below what a believed length would take. */
const MAX_GROWTH_BYTES = 256 * 1024 ** 2
const LIMIT_MS = 60_000 + ROUNDS * 100
const EVERY = 20

const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { clientInfo: { name: 'py' } } }
const rpc = (args: object) => ({
  jsonrpc: '2.0',
  id: 3,
  method: 'tools/call',
  params: { name: 'task_queue.rpc', arguments: args }
})
const samples: object[][] = [
  [initialize, rpc({ op: 'submit', task_type: 'x', payload: { a: 1 }, not_before: 1e9, max_attempts: 3 })],
  [initialize, rpc({ message: { op: 'claim_many', worker_id: 'w', supported_task_types: 'a, b', max_tasks: 3 } })],
  [initialize, rpc({ op: 'complete', task_id: 't', status: 'completed', result: { deep: [1] }, error: '' })],
  [
    initialize,
    rpc({ op: 'cache.set', key: 'k', value: [1], ttl_s: 60 }),
    { jsonrpc: '2.0', id: 4, method: 'tools/list' }
  ],
  [
    {
      jsonrpc: '2.0',
      id: 5,
      method: 'tools/call',
      params: { name: 'echo', arguments: { value: 'é' }, _meta: MODERN_META }
    }
  ],
  [{ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }, initialize],
  [{ type: 'request', method: 'echo', params: { value: 1 }, id: '1', sender: '12D3KooW', timestamp: 1782680000.5 }],
  [
    { type: 'response', result: null, error: null, id: '1' },
    { type: 'event', method: 'x' }
  ]
]
/** Values that are no surprise to JSON and one to whoever believes in what an object can do. */
const HOSTILE = [
  '{"toString":1,"valueOf":1}',
  '{"__proto__":{"polluted":1}}',
  '1e308',
  '-1',
  'null',
  '[[[]]]',
  '""',
  'true'
]
const KEYS = [
  'op',
  'task_id',
  'not_before',
  'error',
  'message',
  'code',
  'id',
  'method',
  'params',
  'name',
  'arguments',
  'timestamp'
]

const pick = <T>(rng: () => number, items: readonly T[]): T => items[below(rng, items.length)] as T

/** A body with one value replaced, so that it stays JSON and gets deeper than damaged bytes do. */
function replaceValue(rng: () => number, text: string): string {
  const key = pick(rng, KEYS)
  return text.replace(new RegExp(`"${key}":("[^"]*"|[0-9.e]+|null|true)`), () => `"${key}":${pick(rng, HOSTILE)}`)
}

function damagedBody(rng: () => number, message: object): Buffer {
  const text = JSON.stringify(message)
  if (rng() < 0.5) return Buffer.from(replaceValue(rng, text))
  return mutate(rng, Buffer.from(text), Buffer.from(JSON.stringify(pick(rng, samples.flat()))))
}

function frameOf(body: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(body.length)
  return Buffer.concat([header, body])
}

let lasts = 0

/** A request of each dialect, of which one is answered if the stream is still read. */
function lastRequests(id: string): Uint8Array {
  const ping = { jsonrpc: '2.0', id, method: 'ping', params: { _meta: MODERN_META } }
  const message = { type: 'request', id, method: 'echo', params: {} }
  return Buffer.concat([ping, message].map(last => encodeFrame(JSON.stringify(last))))
}

/**
 * Sends these bytes on a stream of their own and answers what came back before the stream ended, or before the answers to a last
 * request and to the requests that are known to be answered. Bytes after which nothing can be read are only sent.
 */
async function send(
  connection: Connection,
  bytes: readonly Uint8Array[],
  { isWhole = true, ids = [] }: { isWhole?: boolean; ids?: readonly unknown[] } = {}
): Promise<Record<string, unknown>[]> {
  const stream = await openRawStream(connection)
  const last = `last-${++lasts}`
  for (const part of isWhole ? [...bytes, lastRequests(last)] : bytes) stream.write(part)
  if (!isWhole) void stream.stream.close().catch(() => {})
  const awaited = new Set<unknown>([last, ...ids])
  const answers: Record<string, unknown>[] = []
  while (!isWhole || awaited.size > 0) {
    const answer = await stream.next()
    if (!answer) break
    awaited.delete(answer.id)
    if (answer.id !== last) answers.push(answer)
  }
  await stream.stream.close()
  return answers
}

const faultsOf = (answers: readonly object[]) => answers.map(answer => Object(Reflect.get(answer, 'error')).code)

describe('a trusted peer', () => {
  test(
    'that damages its messages or its frames gets faults at most, and disturbs nobody',
    async () => {
      await using wire = await openPeerWire()
      const rng = createRng(SEED)
      const before = process.memoryUsage.rss()
      for (let round = 0; round < ROUNDS; round++) {
        const messages = pick(rng, samples)
        const intact = messages.map(message => encodeFrame(JSON.stringify(message)))
        const at = below(rng, messages.length)
        const isWhole = rng() < 0.7
        const damaged = isWhole
          ? frameOf(damagedBody(rng, messages[at] ?? {}))
          : mutate(rng, intact[at] ?? Buffer.of(), Buffer.concat(intact))
        const bytes = intact.with(at, damaged)
        const label = `SEED=${SEED}, round ${round}: ${Buffer.concat(bytes).toString('base64')}`
        expect(faultsOf(await send(wire.connection, bytes, { isWhole })), label).not.toContain(-32603)
        if (round % EVERY === 0) expect(await wire.honestly(round), label).toBe(round)
      }
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
      expect(await wire.honestly('here')).toBe('here')
      expect(process.memoryUsage.rss() - before).toBeLessThan(MAX_GROWTH_BYTES)
    },
    LIMIT_MS
  )

  test.each([0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 1024 * 1024 + 1])(
    'that announces a frame of %i bytes is told the limit, and nothing is kept for it',
    async length => {
      await using wire = await openPeerWire()
      const header = Buffer.alloc(HEADER_BYTES)
      header.writeUInt32BE(length)
      const streams = await Promise.all(Array.from({ length: 20 }, () => openRawStream(wire.connection)))
      const before = process.memoryUsage().arrayBuffers
      for (const stream of streams) {
        stream.write(header)
        const maxFrameBytes = 1024 * 1024
        expect(await stream.next()).toMatchObject({
          id: null,
          error: { message: 'frame_too_large', data: { frameLen: length, maxFrameBytes } }
        })
        await stream.ended
      }
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MAX_GROWTH_BYTES / 4)
      expect(await wire.honestly('here')).toBe('here')
    }
  )

  test('that cuts its frames at any byte, or sends them all at once, gets the same answers', async () => {
    await using wire = await openPeerWire()
    const messages = [initialize, { jsonrpc: '2.0', id: 2, method: 'ping' }]
    const bytes = Buffer.concat(messages.map(message => encodeFrame(JSON.stringify(message))))
    const ids = [1, 2]
    const whole = await send(wire.connection, [bytes], { ids })
    expect(whole.map(({ id }) => id).sort()).toEqual(ids)
    for (let cut = 1; cut < bytes.length; cut++) {
      const answers = await send(wire.connection, [bytes.subarray(0, cut), bytes.subarray(cut)], { ids })
      expect(answers, `cut at ${cut}`).toEqual(whole)
    }
    const single = [...bytes].map(byte => Uint8Array.of(byte))
    expect(await send(wire.connection, single, { ids })).toEqual(whole)
    const many = Array.from({ length: 500 }, (_, id) =>
      encodeFrame(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping', params: { _meta: MODERN_META } }))
    )
    const stream = await openRawStream(wire.connection)
    stream.write(Buffer.concat(many))
    const answered = new Set<unknown>()
    while (answered.size < many.length) answered.add((await stream.next())?.id)
    expect(answered.has(undefined)).toBe(false)
  })

  test('that ends in the middle of a frame leaves nothing behind', async () => {
    await using wire = await openPeerWire()
    const bytes = encodeFrame(JSON.stringify(initialize))
    for (let cut = 1; cut < bytes.length; cut += 7)
      expect(await send(wire.connection, [bytes.subarray(0, cut)], { isWhole: false })).toEqual([])
    expect(await wire.honestly('here')).toBe('here')
    expect(wire.counterpart.calls).toHaveLength(1)
  })

  const deep = (open: string, close: string) => `${open.repeat(100_000)}1${close.repeat(100_000)}`
  test.each([
    ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ['half a surrogate', Buffer.from('{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}')],
    ['no JSON', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['an array', Buffer.from('[]')],
    ['a number', Buffer.from('7')],
    ['null', Buffer.from('null')],
    ['neither dialect', Buffer.from('{"op":"status"}')],
    ['deep arrays', Buffer.from(deep('[', ']'))],
    ['deep params', Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"a":${deep('[', ']')}}}`)],
    [
      'deep arguments',
      Buffer.from(
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"value":${deep('{"a":', '}')}},"_meta":${JSON.stringify(MODERN_META)}}}`
      )
    ],
    ['a deep message', Buffer.from(`{"type":"request","id":"1","method":"echo","params":{"value":${deep('[', ']')}}}`)],
    [
      'a deep operation',
      Buffer.from(
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"task_queue.rpc","_meta":${JSON.stringify(MODERN_META)},"arguments":{"op":"submit","payload":${deep('[', ']')}}}}`
      )
    ],
    [
      'an operation that is no text',
      Buffer.from(
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"task_queue.rpc","_meta":${JSON.stringify(MODERN_META)},"arguments":{"op":{"toString":1},"x":1}}}`
      )
    ],
    [
      'a time beyond all calendars',
      Buffer.from(
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"task_queue.rpc","_meta":${JSON.stringify(MODERN_META)},"arguments":{"op":"submit","not_before":1e300}}}`
      )
    ]
  ])('that sends %s disturbs nobody', async (_name, body) => {
    await using wire = await openPeerWire()
    const answers = await send(wire.connection, [frameOf(body)])
    for (const answer of answers) expect(answer).toBeTypeOf('object')
    expect(await wire.honestly('here')).toBe('here')
  })
})

describe('who is not trusted', () => {
  test(
    'cannot disturb anybody with bytes in place of a handshake',
    async () => {
      await using wire = await openPeerWire()
      const rng = createRng(SEED)
      const [address = ''] = wire.node.peers.status().addresses
      const port = Number(/tcp\/(\d+)/.exec(address)?.[1])
      const hello = Buffer.from('\x13/multistream/1.0.0\n\x07/noise\n\x00\x20'.padEnd(64, 'e'))
      await Promise.all(
        Array.from({ length: ROUNDS }, async () => {
          const socket = connect(port, '127.0.0.1').on('error', () => {})
          socket.resume()
          socket.end(mutate(rng, hello, hello))
          await new Promise(resolve => socket.on('close', resolve))
        })
      )
      expect(await wire.honestly('here')).toBe('here')
    },
    LIMIT_MS
  )

  test(
    'cannot disturb anybody with what stands in place of a secret',
    async () => {
      await using wire = await openPeerWire()
      await using stranger = await startRawPeer()
      const rng = createRng(SEED)
      await wire.node.peers.invite({ grant: { tools: [] }, expiresInMs: 60_000 })
      const [address = ''] = wire.node.peers.status().addresses
      const secret = Buffer.from('{"secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}')
      for (let round = 0; round < 40; round++) {
        const connection = await stranger.dial(address)
        const stream = await connection.newStream(JOIN_PROTOCOL)
        const ended = once(stream, 'close')
        stream.send(
          round % 2 ? frameOf(mutate(rng, secret, secret)) : frameOf(Buffer.from(`{"secret":${pick(rng, HOSTILE)}}`))
        )
        void stream.close().catch(() => {})
        await ended
      }
      expect(wire.node.peers.grantOf(stranger.peerId)).toBeUndefined()
      expect(await wire.honestly('here')).toBe('here')
    },
    LIMIT_MS
  )
})

test(
  'a peer that answers with damaged messages fails the calls that it was asked, and nothing else',
  async () => {
    await using liar = await startRawPeer({ listen: ['/ip4/127.0.0.1/tcp/0'] })
    await using alice = await startPeer({ requestTimeoutMs: 50 })
    const rng = createRng(SEED)
    const answers = [
      { jsonrpc: '2.0', id: 1, result: { structuredContent: { success: true }, content: [] } },
      { jsonrpc: '2.0', id: 1, error: { code: -32000, message: 'no', data: { error: 'BUSY', issues: [] } } },
      { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1, message: 'x' } }
    ]
    await liar.host.handle(MCP_P2P_PROTOCOL, (stream: Stream) => {
      stream.addEventListener('message', () => {
        if (stream.writeStatus === 'writable') stream.send(frameOf(damagedBody(rng, pick(rng, answers))))
      })
      stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => {}))
    })
    const [multiaddr = ''] = liar.host.getMultiaddrs().map(String)
    const outcomes = new Map<unknown, number>()
    for (let round = 0; round < ROUNDS / 8; round++) {
      const asked = Array.from({ length: 8 }, () =>
        alice.peers.callTool({ multiaddr }, 'p2p_status', {}).then(
          () => 'answered',
          error => error.code
        )
      )
      for (const outcome of await Promise.all(asked)) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (round % 4 === 0) await alice.peers.disconnect(liar.peerId)
    }
    if (process.env.FUZZ) console.log(Object.fromEntries(outcomes))
    expect([...outcomes.keys()].filter(code => typeof code !== 'string')).toEqual([])
  },
  LIMIT_MS
)
