/**
 * A load of HTTP requests over kept connections, written on bare sockets so that the generator takes less of the machine than
 * the server it measures. One request at a time per connection.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { quantile } from './figures.ts'

/** How many connections are opened at once: less than the backlog of a listening socket. */
const OPEN_AT_ONCE = 200

export interface LoadResult {
  calls: number
  /** Answers that were no result, by what they were. */
  errors: Record<string, number>
  seconds: number
  perSecond: number
  p99Ms: number
  maxMs: number
}

export interface Load extends Disposable {
  /** Calls without a pause for this long. */
  runFor(ms: number): Promise<LoadResult>
  /** One call on every connection, all at once. */
  wave(): Promise<LoadResult>
}

export async function openLoad(port: number, request: Buffer, connections: number): Promise<Load> {
  const sockets: Socket[] = []
  while (sockets.length < connections) {
    const batch = Array.from({ length: Math.min(OPEN_AT_ONCE, connections - sockets.length) }, () =>
      connect({ host: '127.0.0.1', port, noDelay: true })
    )
    sockets.push(...batch)
    await Promise.all(batch.map(socket => once(socket, 'connect')))
  }
  for (const socket of sockets) socket.on('error', () => {})

  async function run(isOver: () => boolean): Promise<LoadResult> {
    const latencies: number[] = []
    const errors: Record<string, number> = {}
    const startedAt = performance.now()
    await Promise.all(
      sockets.map(socket =>
        repeat(socket, request, isOver, (ms, fault) => {
          latencies.push(ms)
          if (fault !== undefined) errors[fault] = (errors[fault] ?? 0) + 1
        })
      )
    )
    const seconds = (performance.now() - startedAt) / 1000
    return {
      calls: latencies.length,
      errors,
      seconds,
      perSecond: latencies.length / seconds,
      p99Ms: quantile(latencies, 0.99),
      maxMs: quantile(latencies, 1)
    }
  }

  return {
    runFor(ms) {
      const endAt = performance.now() + ms
      return run(() => performance.now() >= endAt)
    },
    wave: () => run(() => true),
    [Symbol.dispose]() {
      // A reset leaves no port waiting; thousands a second would use them all up.
      for (const socket of sockets) socket.resetAndDestroy()
    }
  }
}

/** Sends the request again and again over one socket until `isOver`, asked after each answer. */
function repeat(
  socket: Socket,
  request: Buffer,
  isOver: () => boolean,
  answered: (ms: number, fault: string | undefined) => void
): Promise<void> {
  return new Promise(resolve => {
    let text = ''
    let sentAt = performance.now()

    const finish = () => {
      socket.off('data', read)
      socket.off('close', lost)
      resolve()
    }
    const lost = () => {
      answered(performance.now() - sentAt, 'connection lost')
      finish()
    }
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!isComplete(text)) return
      answered(performance.now() - sentAt, faultOf(text))
      text = ''
      if (isOver()) return finish()
      sentAt = performance.now()
      socket.write(request)
    }
    if (socket.destroyed) return lost()
    socket.on('data', read)
    socket.on('close', lost)
    socket.write(request)
  })
}

/** The text is Latin-1, so its length is that of the bytes. */
function isComplete(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length)
}

function faultOf(text: string): string | undefined {
  if (text.includes('"BUSY"') || text.includes('\\"BUSY\\"')) return 'BUSY'
  if (!text.startsWith('HTTP/1.1 200')) return text.slice(0, text.indexOf('\r\n'))
  if (!text.includes('"result"')) return 'JSON-RPC error'
  return text.includes('"isError":true') ? 'tool error' : undefined
}
