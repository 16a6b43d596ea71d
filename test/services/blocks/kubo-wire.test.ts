import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CODEC, cidOf } from '../../../src/core/cid.ts'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { openNode } from '../../helpers/open-node.ts'
import { failing, noise } from '../../suites/blocks/content.ts'

const BLOCK = noise(1000)
const CID = cidOf(BLOCK, CODEC.raw)

type Answer = (reply: ServerResponse, request: IncomingMessage) => void

const json =
  (value: unknown): Answer =>
  reply =>
    void reply.end(JSON.stringify(value))
const refusal =
  (message: string): Answer =>
  reply => {
    reply.statusCode = 500
    reply.end(JSON.stringify({ Message: message, Code: 0, Type: 'error' }))
  }
const silence: Answer = () => {}

/** A server on loopback that says of each command what the test wants said, and counts what it was asked. */
async function speaking(answers: Record<string, Answer>) {
  const asked: string[] = []
  const known: Record<string, Answer> = {
    version: json({ Version: '0.42.0' }),
    'pin/ls': reply => void reply.end(),
    ...answers
  }
  const server = createServer((request, reply) => {
    const [, command = ''] = /^\/api\/v0\/([^?]*)/.exec(request.url ?? '') ?? []
    asked.push(command)
    if (request.method !== 'POST') reply.statusCode = 405
    request.resume()
    request.on('end', () => (known[command] ?? refusal('no such command'))(reply, request))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
}

async function open(url: string, silenceMs?: number) {
  const directory = await mkdtemp(join(tmpdir(), 'blocks-'))
  const blocks = createBlocks({ directory, kubo: { url, silenceMs } })
  return {
    blocks,
    directory,
    async [Symbol.asyncDispose]() {
      await blocks.stop()
      await rm(directory, { recursive: true, force: true })
    }
  }
}

async function opened(answers: Record<string, Answer>, silenceMs?: number) {
  const server = await speaking(answers)
  const store = await open(server.url, silenceMs)
  await store.blocks.start()
  return {
    ...store,
    asked: server.asked,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    }
  }
}

describe('a start', () => {
  test('without a daemon says how to get one, and works once there is one', async () => {
    const server = await speaking({})
    await server[Symbol.asyncDispose]()
    await using store = await open(server.url)
    await expect(store.blocks.start()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringMatching(/ECONNREFUSED.*ipfs daemon.*ipfs\.kubo_rpc/)
    })
  })

  test.each<[string, Answer]>([
    ['a page', reply => void reply.end('<html>Welcome</html>')],
    ['JSON of another kind', json({ hello: 'world' })],
    ['nothing', reply => void reply.end()],
    ['a redirect', reply => void reply.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['not found', reply => void reply.writeHead(404).end('404')]
  ])('where %s answers says that it is not Kubo', async (_what, version) => {
    await using server = await speaking({ version })
    await using store = await open(server.url)
    await expect(store.blocks.start()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('not the RPC of Kubo')
    })
  })
})

test('a node without its daemon says so where blocks are needed, and does the rest', async () => {
  const server = await speaking({})
  await server[Symbol.asyncDispose]()
  await using node = await openNode({ IPFS_DATASETS_MCP_IPFS_KUBO_RPC: server.url })
  expect(await node.call('ipfs_add', { content: 'x' })).toMatchObject({
    success: false,
    error: 'SERVICE_UNAVAILABLE',
    message: expect.stringContaining('ipfs daemon')
  })
  expect(await node.call('chunk_text', { text: 'It goes on.' })).toMatchObject({ success: true })
  expect(await node.call('cache_set', { key: 'a', value: 1 })).toMatchObject({ success: true })
})

describe('a read', () => {
  test.each<[string, Answer, string]>([
    ['other bytes', reply => void reply.end(noise(1000, 2)), 'CID_MISMATCH'],
    ['part of the bytes', reply => void reply.end(BLOCK.subarray(1)), 'CID_MISMATCH'],
    ['bytes without end', reply => void endless(reply), 'TOO_LARGE'],
    ['a line that is cut', reply => cut(reply), 'SERVICE_UNAVAILABLE'],
    ['words of a failing disk', refusal('input/output error'), 'STORAGE_FAILED'],
    ['that it is not there', refusal('block was not found locally (offline): ipld: could not find it'), 'NOT_FOUND'],
    ['a closed door', reply => void reply.writeHead(403).end('403 - Forbidden'), 'SERVICE_UNAVAILABLE']
  ])('that gets %s fails, and says so', async (_what, answer, code) => {
    await using store = await opened({ 'block/get': answer })
    await expect(store.blocks.get(CID)).rejects.toEqual(failing(code))
  })

  test.each<[string, Answer]>([
    ['never', silence],
    ['in part', reply => void reply.write(BLOCK.subarray(0, 10))]
  ])('that is answered %s ends by itself', async (_what, answer) => {
    await using store = await opened({ 'block/get': answer }, 100)
    await expect(store.blocks.get(CID)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('TIMEOUT')
    })
  })

  test('that is aborted ends with the reason, while the daemon is silent', async () => {
    const caller = new AbortController()
    const reason = new Error('enough')
    await using store = await opened({ 'block/get': () => caller.abort(reason) })
    await expect(store.blocks.get(CID, { signal: caller.signal })).rejects.toBe(reason)
  })
})

test('a stop does not wait for a daemon that is silent', async () => {
  const { promise: isAsked, resolve } = Promise.withResolvers<void>()
  await using store = await opened({ 'block/get': () => resolve() })
  const reading = expect(store.blocks.get(CID)).rejects.toEqual(failing('CANCELLED'))
  await isAsked
  await store.blocks.stop()
  await reading
})

describe('a write', () => {
  const MISSING = { 'block/get': refusal('ipld: could not find it') }

  test.each<[string, Answer, string]>([
    ['a full disk', refusal('write: no space left on device'), 'STORAGE_FULL'],
    ['another CID', json({ Key: String(cidOf(noise(5))), Size: 1000 }), 'STORAGE_FAILED'],
    ['no CID', json({ Key: 'what?', Size: 1000 }), 'STORAGE_FAILED'],
    ['a line that is cut', reply => cut(reply), 'SERVICE_UNAVAILABLE']
  ])('that is answered with %s fails, and pins nothing', async (_what, answer, code) => {
    await using store = await opened({ ...MISSING, 'block/put': answer })
    await expect(store.blocks.addFile([BLOCK], { pin: 'recursive' })).rejects.toEqual(failing(code))
    expect(store.asked).not.toContain('pin/add')
  })

  test('is made once: what may have been done is not done again', async () => {
    await using store = await opened({ ...MISSING, 'block/put': reply => cut(reply) })
    await expect(store.blocks.put(CID, BLOCK)).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
    expect(store.asked.filter(command => command === 'block/put')).toHaveLength(1)
  })

  test('of a CAR that breaks off on its way leaves nothing on trial behind', async () => {
    const source = createBlocks()
    await source.start()
    const { cid } = await source.addFile([noise(900_000)])
    await using store = await opened({
      ...MISSING,
      'block/stat': refusal('not found'),
      'dag/import': reply => cut(reply)
    })
    await expect(store.blocks.importCar(source.exportCar(cid))).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
    expect(await readdir(join(store.directory, 'partial'))).toEqual([])
    await source.stop()
  })
})

test('a failure that comes after the first lines of an answer is seen', async () => {
  await using server = await speaking({
    'pin/ls': reply => {
      reply.writeHead(200, { trailer: 'X-Stream-Error' })
      reply.write(`${JSON.stringify({ Cid: String(CID), Type: 'recursive' })}\n`)
      reply.addTrailers({ 'X-Stream-Error': 'datastore closed' })
      reply.end()
    }
  })
  await using store = await open(server.url)
  await expect(store.blocks.start()).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    message: expect.stringContaining('datastore closed')
  })
})

function cut(reply: ServerResponse): void {
  reply.writeHead(200, { 'content-length': 1000 })
  reply.write(BLOCK.subarray(0, 500))
  setImmediate(() => reply.destroy())
}

/** Bounded, should nobody stop it: 64 MiB. */
async function endless(reply: ServerResponse): Promise<void> {
  for (let sent = 0; sent < 1024 && !reply.destroyed; sent++) {
    if (!reply.write(noise(65_536))) await Promise.race([once(reply, 'drain'), once(reply, 'close')])
  }
  reply.destroy()
}
