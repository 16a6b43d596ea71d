/**
 * From spawn until the built server is open to clients and to peers, and its memory when it has come to rest, beside the same server
 * without peers. With an empty compile cache.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Bench, rounds } from './bench.ts'
import { type Pair, plainFigure, ratioFigure } from './figures.ts'

const ROUNDS = 9
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const START_LIMIT_MS = 20_000
const RETRY_MS = 2
/** Until what the start left behind is freed. */
const REST_MS = 3000

interface Start {
  ms: number
  memoryMb: number
}

export const peersStart: Bench = async ({ scratch }) => {
  const starts = { on: [] as Start[], off: [] as Start[] }
  const start = async (hasPeers: boolean) => startServer(await mkdtemp(join(scratch, 'start-')), hasPeers)
  await rounds(1, { off: async () => void (await start(false)), on: async () => void (await start(true)) })
  await rounds(ROUNDS, {
    off: async () => void starts.off.push(await start(false)),
    on: async () => void starts.on.push(await start(true))
  })
  const pairs = (measure: (start: Start) => number): Pair[] =>
    starts.on.map((on, round) => ({ ours: measure(on), rival: measure(starts.off[round] ?? on) }))
  const [times, memory] = [pairs(({ ms }) => ms), pairs(({ memoryMb }) => memoryMb)]
  const ours = (all: readonly Pair[]) => all.map(pair => pair.ours)
  return [
    plainFigure('start with peers → open to clients and peers', 'ms', ours(times), { atMost: 350 }),
    ratioFigure('the same', 'ms', 'without peers', times),
    plainFigure('memory with peers, at rest', 'MB', ours(memory), { atMost: 120 }),
    ratioFigure('the same', 'MB', 'without peers', memory)
  ]
}

async function startServer(directory: string, hasPeers: boolean): Promise<Start> {
  const ports = [await freePort(), await freePort()]
  const env = {
    PATH: process.env.PATH,
    HOME: directory,
    TMPDIR: directory,
    IPFS_DATASETS_MCP_P2P_LISTEN: `/ip4/127.0.0.1/tcp/${ports[0]},/ip4/127.0.0.1/tcp/${ports[1]}/ws`
  }
  const args = [MAIN, 'serve', '--transport', 'http', '--port', '0', '--data-dir', join(directory, 'data')]
  const startedAt = performance.now()
  const server = spawn(process.execPath, [...args, ...(hasPeers ? ['--p2p'] : [])], {
    env,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe']
  })
  const ended = once(server, 'exit')
  try {
    const listening = new Promise<void>(resolve => {
      createInterface({ input: server.stderr }).on('line', line => {
        if (line.startsWith('Serving MCP at ')) resolve()
      })
    })
    const open = Promise.all([listening, ...(hasPeers ? ports.map(untilOpen) : [])])
    const late = sleep(START_LIMIT_MS, undefined, { ref: false }).then(() => {
      throw new Error('The server was not open in time')
    })
    await Promise.race([open, late])
    const ms = performance.now() - startedAt
    await sleep(REST_MS)
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8').catch(() => '')
    return { ms, memoryMb: Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1024 }
  } finally {
    server.kill('SIGKILL')
    await ended
  }
}

async function untilOpen(port: number): Promise<void> {
  for (const giveUpAt = performance.now() + START_LIMIT_MS; performance.now() < giveUpAt; await sleep(RETRY_MS)) {
    const socket = connect({ host: '127.0.0.1', port })
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false
    )
    socket.destroy()
    if (isOpen) return
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
