/** A line between two processes that can go bad: it stalls, is cut, or loses what goes one way while the other way works. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export type LineFault = 'cut' | 'stall' | 'deaf' | 'dumb'

interface Line {
  /** Towards the server, and back. */
  there: Socket
  back: Socket
  isBad: boolean
}

export interface TcpProxy extends AsyncDisposable {
  port: number
  /** How many connections go through that work. */
  healthy(): number
  /** Spoils one that works; false if there is none. `deaf` loses what the client sends, `dumb` what comes back to it. */
  spoil(fault: LineFault, pick?: (healthy: number) => number): boolean
}

export async function startProxy(targetPort: () => number): Promise<TcpProxy> {
  const lines = new Set<Line>()
  const server = createServer(back => {
    const there = connect(targetPort(), '127.0.0.1')
    const line: Line = { there, back, isBad: false }
    lines.add(line)
    join(line, back, there)
    join(line, there, back)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()

  function join(line: Line, from: Socket, to: Socket): void {
    from.setNoDelay(true)
    from.on('error', () => {})
    from.pipe(to)
    from.on('close', () => {
      // The end of one side is not told to the other when the line is bad: that is what half-open means.
      if (!line.isBad) to.destroy()
      if (from.destroyed && to.destroyed) lines.delete(line)
    })
  }

  const healthy = () => [...lines].filter(({ isBad }) => !isBad)

  /** What comes is taken and lost. */
  function swallow(from: Socket, to: Socket): void {
    from.unpipe(to)
    from.resume()
  }

  return {
    port: typeof address === 'object' && address ? address.port : 0,
    healthy: () => healthy().length,
    spoil(fault, pick = count => Math.floor(Math.random() * count)) {
      const all = healthy()
      const line = all[pick(all.length)]
      if (!line) return false
      line.isBad = true
      const { there, back } = line
      if (fault === 'cut') {
        there.destroy()
        back.destroy()
      }
      if (fault === 'stall' || fault === 'deaf') swallow(back, there)
      if (fault === 'stall' || fault === 'dumb') swallow(there, back)
      return true
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const { there, back } of lines) {
        there.destroy()
        back.destroy()
      }
    }
  }
}

/** A port that was free a moment ago, so that a node can come back where it was. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
