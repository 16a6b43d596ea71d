import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { PassThrough, Writable } from 'node:stream'
import { deserializeMessage, type JSONRPCMessage, serializeMessage, type Transport } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createStdioServer } from '../../src/transports/stdio.ts'
import { createClient, createCounterpart, ERAS, MODERN_META } from './counterpart.ts'

type Wire = { id?: unknown; result?: Record<string, unknown>; error?: { code: number; message: string } } & Record<
  string,
  unknown
>

async function setUp(maxLineBytes?: number) {
  const counterpart = createCounterpart()
  const input = new PassThrough()
  const output = new PassThrough()
  const { mcp } = counterpart
  const limit = maxLineBytes === undefined ? {} : { maxLineBytes }
  const server = createStdioServer({ mcp, input, output, ...limit, clock: systemClock, log: silentLog })
  await server.start()
  return { ...counterpart, input, output, server }
}

/** The same with lines read as JSON, for what no well-behaved client sends. */
async function setUpRaw(maxLineBytes?: number) {
  const parts = await setUp(maxLineBytes)
  const lines = createInterface({ input: parts.output })[Symbol.asyncIterator]()
  return {
    ...parts,
    say: (message: unknown) =>
      parts.input.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    hear: async (): Promise<Wire> => {
      const line = await lines.next()
      return line.done ? { ended: true } : JSON.parse(line.value)
    }
  }
}

const call = (id: unknown, name: string, args = {}, meta?: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...(meta && { _meta: meta }) }
})
const ping = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'ping' })
const initialize = (protocolVersion: string) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion, capabilities: {}, clientInfo: { name: 'alice', version: '1' } }
})

/** A client transport over the server's own streams, framed by the SDK. */
function clientTransport({ input, output }: { input: PassThrough; output: PassThrough }): Transport {
  const transport: Transport = {
    async start() {
      createInterface({ input: output }).on('line', line => transport.onmessage?.(deserializeMessage(line)))
    },
    async send(message: JSONRPCMessage) {
      input.write(serializeMessage(message))
    },
    async close() {
      input.end()
      transport.onclose?.()
    }
  }
  return transport
}

describe.each(ERAS)("the SDK's client of the %s era", era => {
  async function connect() {
    const parts = await setUp()
    const client = createClient(era)
    await client.connect(clientTransport(parts))
    return { ...parts, client }
  }

  test('lists and calls tools', async () => {
    const { client } = await connect()
    expect((await client.listTools()).tools[0]?.name).toBe('echo')
    const result = await client.callTool({ name: 'echo', arguments: { value: [1, 'two'] } })
    expect(result.structuredContent).toMatchObject({ success: true, value: [1, 'two'] })
    expect(client.getServerVersion()?.name).toBe('ipfs-datasets-mcp')
    await client.close()
  })

  test('sees progress and cancels', async () => {
    const { client, arrived, abortedCalls, aborted } = await connect()
    const seen: number[] = []
    const controller = new AbortController()
    const waiting = client.callTool(
      { name: 'wait' },
      { signal: controller.signal, onprogress: ({ progress }) => void seen.push(progress) }
    )
    await arrived(1)
    await client.callTool({ name: 'echo' })
    controller.abort()
    await expect(waiting).rejects.toThrow()
    await abortedCalls(1)
    expect(seen).toEqual([1])
    expect(aborted[0]).toMatchObject({ code: 'CANCELLED' })
    await client.close()
  })

  test('closing it ends the server', async () => {
    const { client, server, arrived, aborted } = await connect()
    const waiting = client.callTool({ name: 'wait' }).catch(() => 'gone')
    await arrived(1)
    await client.close()
    expect(await waiting).toBe('gone')
    await server.ended
    expect(aborted).toHaveLength(1)
  })
})

describe('bad input is answered and the server lives on', () => {
  test.each([
    ['no JSON', '{"jsonrpc":', -32700, null],
    ['a bare word', 'hello', -32700, null],
    ['a number', '5', -32600, null],
    ['null', 'null', -32600, null],
    ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":3,"method":"ping"}', -32600, 3],
    ['no version', '{"id":3,"method":"ping"}', -32600, 3],
    ['no method', '{"jsonrpc":"2.0","id":3}', -32600, 3],
    ['a method that is no string', '{"jsonrpc":"2.0","id":"a","method":{}}', -32600, 'a'],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600, null],
    ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600, null],
    ['parameters in an array', '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":["echo"]}', -32600, 3],
    ['parameters that are text', '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":"echo"}', -32600, 3],
    ['an unknown method', '{"jsonrpc":"2.0","id":3,"method":"tools/destroy"}', -32601, 3],
    ['an unknown tool', '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"nope"}}', -32602, 3],
    ['wrong types', '{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":["echo"]}}', -32602, 3],
    ['an empty array', '[]', -32600, null],
    ['an array of messages', `[${JSON.stringify(ping(1))}]`, -32600, null],
    ['ten thousand open brackets', '['.repeat(10_000), -32700, null]
  ])('%s', async (_name, line, code, id) => {
    const { say, hear } = await setUpRaw()
    say(line)
    expect(await hear()).toMatchObject({ jsonrpc: '2.0', id, error: { code } })
    say(ping(99))
    expect(await hear()).toEqual({ jsonrpc: '2.0', id: 99, result: {} })
  })

  test('bytes that are not UTF-8', async () => {
    const { input, hear } = await setUpRaw()
    input.write(Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]))
    expect(await hear()).toMatchObject({ error: { code: -32700 } })
  })

  test('a line over the limit is answered once, skipped, and not held', async () => {
    const { input, say, hear } = await setUpRaw(1000)
    for (let chunk = 0; chunk < 50; chunk++) input.write('x'.repeat(1000))
    input.write('\n')
    say(ping(1))
    expect(await hear()).toMatchObject({ id: null, error: { code: -32600, message: expect.stringContaining('1000') } })
    expect(await hear()).toMatchObject({ id: 1, result: {} })
  })

  test('notifications, answers and empty lines are taken without a word', async () => {
    const { say, hear } = await setUpRaw()
    say({ jsonrpc: '2.0', method: 'notifications/initialized' })
    say({ jsonrpc: '2.0', method: 'notifications/unheard_of', params: { a: 1 } })
    say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 404 } })
    say({ jsonrpc: '2.0', method: 'notifications/cancelled' })
    say({ jsonrpc: '2.0', id: 5, result: {} })
    say({ jsonrpc: '2.0', id: 5, error: { code: 1, message: 'no' } })
    say('')
    say('\r')
    say(ping(1))
    expect(await hear()).toEqual({ jsonrpc: '2.0', id: 1, result: {} })
  })
})

describe('framing', () => {
  test('messages may come in pieces, together, and with carriage returns', async () => {
    const { input, hear } = await setUpRaw()
    const bytes = Buffer.from(`${JSON.stringify(call(1, 'echo', { value: 'ü🦀' }))}\r\n${JSON.stringify(ping(2))}\n`)
    for (const byte of bytes) input.write(Buffer.from([byte]))
    const heard = [await hear(), await hear()].sort((a, b) => Number(a.id) - Number(b.id))
    expect(heard[0]).toMatchObject({ id: 1, result: { structuredContent: { value: 'ü🦀' } } })
    expect(heard[1]).toMatchObject({ id: 2, result: {} })
  })

  test('while nobody reads the answers, no more requests are taken', async () => {
    const { mcp, calls } = createCounterpart()
    const input = new PassThrough()
    const taken: string[] = []
    const resume: (() => void)[] = []
    const output = new Writable({
      highWaterMark: 100,
      write(chunk, _encoding, done) {
        taken.push(String(chunk))
        resume.push(done)
      }
    })
    const server = createStdioServer({ mcp, input, output, clock: systemClock, log: silentLog })
    await server.start()
    for (let id = 0; id < 50; id++) {
      input.write(`${JSON.stringify(call(id, 'echo', { value: 'x'.repeat(100) }))}\n`)
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(input.isPaused()).toBe(true)
    expect(calls.length).toBeLessThan(50)
    while (taken.length < 50) {
      resume.shift()?.()
      await new Promise(resolve => setImmediate(resolve))
    }
    expect(calls).toHaveLength(50)
    input.end()
    const pump = setInterval(() => resume.shift()?.(), 1)
    await server.ended
    clearInterval(pump)
  })
})

describe('requests in flight', () => {
  test('answers come as they are ready, under their own ids', async () => {
    const { say, hear, release, arrived } = await setUpRaw()
    say(call('1', 'wait'))
    say(call(1, 'wait'))
    await arrived(2)
    say(call('quick', 'echo'))
    expect((await hear()).id).toBe('quick')
    release()
    expect([(await hear()).id, (await hear()).id]).toEqual(['1', 1])
  })

  test('an id in flight cannot be used again until it was answered', async () => {
    const { say, hear, release, arrived, calls } = await setUpRaw()
    say(call(1, 'wait'))
    await arrived(1)
    say(call(1, 'echo'))
    expect(await hear()).toMatchObject({ id: null, error: { code: -32600, message: expect.stringContaining('1') } })
    expect(calls).toHaveLength(1)
    release()
    expect(await hear()).toMatchObject({ id: 1, result: { structuredContent: { value: 'waited' } } })
    say(call(1, 'echo'))
    expect(await hear()).toMatchObject({ id: 1, result: { isError: false } })
  })

  test.each([
    ['legacy', undefined],
    ['modern', MODERN_META]
  ])('a cancelled %s call is aborted and not answered', async (_era, meta) => {
    const { say, hear, arrived, abortedCalls } = await setUpRaw()
    say(call(1, 'wait', {}, meta))
    await arrived(1)
    say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1, reason: 'enough' } })
    await abortedCalls(1)
    say(ping(2))
    expect((await hear()).id).toBe(2)
  })

  test('both eras share one connection', async () => {
    const { say, hear } = await setUpRaw()
    say({ jsonrpc: '2.0', id: 1, method: 'server/discover', params: { _meta: MODERN_META } })
    expect((await hear()).result?.supportedVersions).toEqual(['2026-07-28'])
    say(initialize('2025-06-18'))
    expect((await hear()).result?.protocolVersion).toBe('2025-06-18')
    say(call(2, 'echo', {}, MODERN_META))
    expect((await hear()).result?.resultType).toBe('complete')
    say(call(3, 'echo'))
    expect((await hear()).result).not.toHaveProperty('resultType')
  })
})

describe('arrays of messages', () => {
  test('are answered in version 2025-03-26, together', async () => {
    const { say, hear } = await setUpRaw()
    say(initialize('2025-03-26'))
    await hear()
    say([ping(1), { jsonrpc: '2.0', method: 'notifications/initialized' }, { nonsense: 1 }, call(2, 'echo')])
    expect(await hear()).toMatchObject([{ id: 1, result: {} }, { id: null, error: { code: -32600 } }, { id: 2 }])
    say([{ jsonrpc: '2.0', method: 'notifications/initialized' }])
    say(ping(3))
    expect((await hear()).id).toBe(3)
  })

  test.each([
    ['in another version', '2025-06-18', [ping(1)]],
    ['when empty', '2025-03-26', []],
    ['with initialize', '2025-03-26', [initialize('2025-03-26')]],
    ['with a request of the other era', '2025-03-26', [call(1, 'echo', {}, MODERN_META)]],
    ['when endless', '2025-03-26', Array.from({ length: 51 }, (_, id) => ping(id))]
  ])('are refused %s', async (_name, version, batch) => {
    const { say, hear, calls } = await setUpRaw()
    say(initialize(version))
    await hear()
    say(batch)
    expect(await hear()).toMatchObject({ id: null, error: { code: -32600 } })
    expect(calls).toHaveLength(0)
  })
})

describe('the end', () => {
  test('of the input aborts what runs, and what was answered arrives', async () => {
    const { say, hear, input, server, arrived, aborted } = await setUpRaw()
    say(call(1, 'wait'))
    await arrived(1)
    say(ping(2))
    input.end()
    expect((await hear()).id).toBe(2)
    await server.ended
    expect(aborted).toMatchObject([{ code: 'CANCELLED' }])
  })

  test('a message cut off by the end is not run', async () => {
    const { input, server, calls } = await setUpRaw()
    input.end(JSON.stringify(call(1, 'echo')))
    await server.ended
    expect(calls).toHaveLength(0)
  })

  test('comes at once when the input was over before the start', async () => {
    const input = new PassThrough()
    input.end()
    input.resume()
    await once(input, 'end')
    const { mcp } = createCounterpart()
    const server = createStdioServer({ mcp, input, output: new PassThrough(), clock: systemClock, log: silentLog })
    await server.start()
    await server.ended
  })

  test('comes when the output breaks', async () => {
    const { output, server, say, arrived, aborted } = await setUpRaw()
    say(call(1, 'wait'))
    await arrived(1)
    output.destroy(new Error('EPIPE'))
    await server.ended
    expect(aborted).toHaveLength(1)
  })

  test('can be asked for, twice, and before a start', async () => {
    const { server, say, arrived, aborted } = await setUpRaw()
    say(call(1, 'wait'))
    await arrived(1)
    await Promise.all([server.stop(), server.stop()])
    await server.ended
    expect(aborted).toHaveLength(1)

    const { mcp } = createCounterpart()
    const streams = { input: new PassThrough(), output: new PassThrough() }
    await createStdioServer({ mcp, ...streams, clock: systemClock, log: silentLog }).stop()
  })
})
