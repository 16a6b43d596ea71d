import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createStdioServer } from '../../src/transports/stdio.ts'
import { createCounterpart, MODERN_META } from '../transports/counterpart.ts'
import { below, createRng, mutate } from './mutate.ts'

const ROUNDS = Number(process.env.FUZZ ?? 2000)
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)

const samples = [
  { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: { value: { a: [1, 'é'] } } } },
  { jsonrpc: '2.0', id: 'x', method: 'tools/list', params: { _meta: MODERN_META } },
  {
    jsonrpc: '2.0',
    id: 2,
    method: 'initialize',
    params: { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'a', version: '1' } }
  },
  { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
  { jsonrpc: '2.0', id: 3, result: { __proto__: null, constructor: 1 } },
  { jsonrpc: '2.0', id: 4, error: { code: -32000, message: 'x' } },
  [
    { jsonrpc: '2.0', id: 5, method: 'ping' },
    { jsonrpc: '2.0', id: 6, method: 'resources/list', params: { cursor: 'x' } }
  ],
  { jsonrpc: '2.0', id: 7, method: 'resources/read', params: { uri: 'ipfs://bafkqaaa', _meta: MODERN_META } },
  {
    jsonrpc: '2.0',
    id: 8,
    method: 'completion/complete',
    params: { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'a', value: '' } }
  }
].map(message => Buffer.from(JSON.stringify(message)))

test(
  'a connection answers its next request whatever line came before it',
  async () => {
    const rng = createRng(SEED)
    const [input, output] = [new PassThrough(), new PassThrough()]
    const server = createStdioServer({
      mcp: createCounterpart().mcp,
      input,
      output,
      clock: systemClock,
      log: silentLog
    })
    await server.start()
    const lines = createInterface({ input: output })[Symbol.asyncIterator]()
    for (let round = 0; round < ROUNDS; round++) {
      const sample = samples[below(rng, samples.length)] ?? Buffer.of()
      const line = mutate(rng, sample, samples[below(rng, samples.length)] ?? sample)
      const id = `ping-${round}`
      input.write(Buffer.concat([line, Buffer.from(`\n{"jsonrpc":"2.0","id":"${id}","method":"ping"}\n`)]))
      for (let isAnswered = false; !isAnswered; ) {
        const { value, done } = await lines.next()
        expect(done, `SEED=${SEED}, round ${round}: ${line.toString('base64')}`).toBe(false)
        const answer = JSON.parse(value ?? '')
        for (const one of [answer].flat()) {
          expect(one.jsonrpc).toBe('2.0')
          expect(one.error?.code, `SEED=${SEED}, round ${round}: ${line.toString('base64')}`).not.toBe(-32603)
          if (one.id === id) isAnswered = true
        }
      }
    }
    await server.stop()
  },
  60_000 + ROUNDS * 100
)
