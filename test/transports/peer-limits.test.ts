/** What one peer may make a node hold, and that no other peer notices. */
import { describe, expect, test } from 'vitest'
import { encodeFrame } from '../../src/protocol/wire/frame.ts'
import { openPeerWire, openRawStream, type RawStream } from '../helpers/peer-wire.ts'
import { openRaw } from '../helpers/raw-peer.ts'
import { MODERN_META } from './counterpart.ts'

const call = (id: number | string, name: string, args: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, _meta: MODERN_META }
})
const frame = (message: unknown) => encodeFrame(JSON.stringify(message))
const say = (stream: RawStream, message: unknown) => stream.write(frame(message))

describe('a stream on which nothing happens', () => {
  test('is closed, also when its one message comes byte by byte, and the fault says why', async () => {
    await using wire = await openPeerWire({ idleMs: 300 })
    const [silent, slow] = [await openRawStream(wire.connection), await openRawStream(wire.connection)]
    const bytes = frame(call(1, 'echo', { value: 'x'.repeat(10_000) }))
    let at = 0
    const trickle = setInterval(() => slow.write(bytes.subarray(at, ++at)), 20)
    try {
      for (const stream of [silent, slow]) {
        expect(await stream.next()).toMatchObject({ id: null, error: { message: 'idle' } })
        await stream.ended
      }
      expect(at).toBeLessThan(bytes.length)
      expect(wire.counterpart.calls).toEqual([])
      expect(await wire.honestly('here')).toBe('here')
    } finally {
      clearInterval(trickle)
    }
  })

  test('stays open while a call is under way on it', async () => {
    await using wire = await openPeerWire({ idleMs: 150 })
    const [busy, silent] = [await openRawStream(wire.connection), await openRawStream(wire.connection)]
    say(busy, call(1, 'wait'))
    for (let idle = 0; idle < 3; idle++) {
      const next = idle === 0 ? silent : await openRawStream(wire.connection)
      await next.ended
    }
    wire.counterpart.release()
    let message = await busy.next()
    while (message !== undefined && message.id !== 1) message = await busy.next()
    expect(message).toMatchObject({ id: 1, result: {} })
  })
})

describe('what a peer may hold', () => {
  test('streams beyond the limit are refused, over all its connections together', async () => {
    await using wire = await openPeerWire({ maxStreamsPerPeer: 4 })
    const streams = await Promise.all(Array.from({ length: 4 }, () => openRawStream(wire.connection)))
    const fifth = await openRaw(wire.connection)
    await expect.poll(() => fifth.status).not.toBe('open')
    expect(await wire.honestly('here')).toBe('here')
    for (const [n, stream] of streams.entries()) {
      say(stream, call(n, 'echo', { value: n }))
      expect(await stream.next()).toMatchObject({ id: n, result: {} })
    }
  })

  test('with one connection more than it may have, its oldest is closed', async () => {
    await using wire = await openPeerWire({ maxConnectionsPerPeer: 3 })
    const { node, guest } = wire
    const [address = ''] = node.peers.status().addresses
    const more = [await guest.dialAnew(address), await guest.dialAnew(address), await guest.dialAnew(address)]
    await expect.poll(() => wire.connection.status).not.toBe('open')
    const newest = await openRawStream(more[2] ?? wire.connection)
    say(newest, call(1, 'echo', { value: 1 }))
    expect(await newest.next()).toMatchObject({ id: 1 })
    expect(await wire.honestly('here')).toBe('here')
  })

  test('bytes of messages that do not come whole are bounded, and who holds more is cut', async () => {
    await using wire = await openPeerWire({ maxBytesPerPeer: 1_000_000 })
    const halves = frame(call(1, 'echo', { value: 'x'.repeat(600_000) })).subarray(0, 500_000)
    const [first, second] = [await openRawStream(wire.connection), await openRawStream(wire.connection)]
    first.write(halves)
    second.write(halves)
    await expect.poll(() => wire.node.peers.metrics(wire.guest.peerId).bytesReceived).toBeGreaterThan(990_000)
    expect([first.stream.status, second.stream.status]).toEqual(['open', 'open'])
    const third = await openRawStream(wire.connection)
    third.write(halves)
    await third.ended
    expect(await wire.honestly('here')).toBe('here')
  })

  test('answers that it does not read are bounded too', async () => {
    await using wire = await openPeerWire({ maxBytesPerPeer: 1_000_000, maxRequestsPerPeer: 1000 })
    const deaf = await openRaw(wire.connection)
    deaf.pause()
    // What is under way in buffers of the network does not wait in the node.
    for (let n = 0; n < 100 && deaf.status === 'open'; n++) {
      deaf.send(frame(call(n, 'echo', { value: 'x'.repeat(100_000) })))
      expect(await wire.honestly(n)).toBe(n)
    }
    await expect.poll(() => deaf.status).not.toBe('open')
  })

  test('requests under way beyond the limit are refused as BUSY, in every dialect, and only those of this peer', async () => {
    await using wire = await openPeerWire({ maxRequestsPerPeer: 4 })
    const [one, other] = [await openRawStream(wire.connection), await openRawStream(wire.connection)]
    for (let n = 0; n < 4; n++) say(n % 2 ? one : other, call(n, 'wait'))
    await wire.counterpart.arrived(4)
    const stream = await openRawStream(wire.connection)
    say(stream, call('mcp', 'echo'))
    expect(await stream.next()).toMatchObject({ id: 'mcp', error: { data: { error: 'BUSY', retryable: true } } })
    const messages = await openRawStream(wire.connection)
    say(messages, { type: 'request', id: 'm', method: 'echo', params: {} })
    expect(await messages.next()).toMatchObject({ type: 'response', id: 'm', error: 'BUSY' })
    expect(await wire.honestly('here')).toBe('here')
    wire.counterpart.release()
    await expect
      .poll(async () => {
        say(stream, call('again', 'echo', { value: 1 }))
        return await stream.next()
      })
      .toMatchObject({ id: 'again', result: {} })
  })

  test('an answer that is larger than a frame is refused under its id, and the stream goes on', async () => {
    await using wire = await openPeerWire({ maxFrameBytes: 4096 })
    const stream = await openRawStream(wire.connection)
    say(stream, { jsonrpc: '2.0', id: 7, method: 'tools/list', params: { _meta: MODERN_META } })
    const listed = await stream.next()
    say(stream, call(8, 'echo', { value: 'x'.repeat(3500) }))
    expect(await stream.next()).toMatchObject({
      id: 8,
      error: { message: 'frame_too_large', data: { error: 'TOO_LARGE' } }
    })
    expect(listed).toMatchObject({ id: 7 })
    say(stream, call(9, 'echo', { value: 1 }))
    expect(await stream.next()).toMatchObject({ id: 9, result: {} })
    await expect(wire.honestly('x'.repeat(5000))).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(await wire.honestly('here')).toBe('here')
  })
})

test('what was carried out is not carried out again, on whatever stream it comes', async () => {
  await using wire = await openPeerWire()
  const request = { type: 'request', id: 'only-once', method: 'echo', params: { value: 1 } }
  const answers: unknown[] = []
  for (let times = 0; times < 3; times++) {
    const stream = await openRawStream(wire.connection)
    say(stream, request)
    answers.push((await stream.next())?.error)
    await stream.stream.close()
    await stream.ended
  }
  expect(answers).toEqual([null, 'replayed', 'replayed'])
  expect(wire.counterpart.calls).toHaveLength(1)
})

test('a peer has one rate, however often it opens a stream', async () => {
  await using wire = await openPeerWire({ messagesPerSecond: 2 })
  let faults = 0
  for (let n = 0; n < 20; n++) {
    const stream = await openRawStream(wire.connection)
    say(stream, call(n, 'echo'))
    if (Object((await stream.next())?.error).message === 'rate_limited') faults++
    await stream.stream.close()
  }
  expect(faults).toBeGreaterThan(0)
  expect(await wire.honestly('here')).toBe('here')
})
