/** Strangers: connections that say nothing, opened again when they are closed, and dials with a whole handshake. At the lowest priority. */
import { connect } from 'node:net'
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { multiaddr } from '@multiformats/multiaddr'
import { reportToParent } from './child-report.ts'
import { bareHost } from './peers-echo.ts'

const HELD = 200
const DIALS_PER_SECOND = 100
const REOPEN_AFTER_MS = 1000
const DIAL_LIMIT_MS = 2000

const address = process.argv[2] ?? ''
const { host = '', port = '' } = /^\/ip4\/(?<host>[^/]+)\/tcp\/(?<port>\d+)/.exec(address)?.groups ?? {}
setPriority(0, 19)
const stranger = await bareHost([])
const counts = { open: 0, opened: 0, dials: 0, admitted: 0 }
let isAttacking = false

function hold(): void {
  if (!isAttacking) return
  const socket = connect({ host, port: Number(port) })
  socket.on('connect', () => {
    counts.open++
    counts.opened++
    socket.on('close', () => counts.open--)
  })
  socket.on('error', () => {})
  socket.on('data', () => {})
  socket.on('close', () => setTimeout(hold, REOPEN_AFTER_MS))
}

async function dial(): Promise<void> {
  counts.dials++
  const connection = await stranger.dial(multiaddr(address), {
    signal: AbortSignal.timeout(DIAL_LIMIT_MS),
    force: true
  })
  // The other side refuses the key right after it is known.
  await sleep(50)
  if (connection.status === 'open') counts.admitted++
  await connection.close()
}

async function attack(): Promise<void> {
  isAttacking = true
  for (let n = 0; n < HELD; n++) hold()
  const startedAt = performance.now()
  for (let n = 0; isAttacking; n++) {
    await sleep(Math.max(0, startedAt + (n * 1000) / DIALS_PER_SECOND - performance.now()))
    void dial().catch(() => {})
  }
}

reportToParent(0, {
  attack: () => void attack(),
  rest() {
    isAttacking = false
    return counts
  }
})
