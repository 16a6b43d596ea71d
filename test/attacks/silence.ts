/** Clients that connect and then say nothing, or part of the head of a request. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What such a client says before it falls silent. */
const OPENINGS = ['', 'P', 'POST /mcp HTTP/1.1\r\nHost: localhost\r\n']
/** As many at a time as the queue of a listening socket takes. */
const AT_ONCE = 200

export interface Crowd extends Disposable {
  /** How many of them the server has not cut off. */
  connected(): number
}

export async function gatherCrowd(port: number, size: number): Promise<Crowd> {
  const sockets: Socket[] = []
  while (sockets.length < size) {
    const group = Array.from({ length: Math.min(AT_ONCE, size - sockets.length) }, (_, index) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.resume()
      return { socket, opening: OPENINGS[index % OPENINGS.length] ?? '' }
    })
    await Promise.all(group.map(({ socket }) => once(socket, 'connect')))
    for (const { socket, opening } of group) if (opening !== '') socket.write(opening)
    sockets.push(...group.map(({ socket }) => socket))
  }
  return {
    connected: () => sockets.filter(socket => !socket.destroyed && !socket.readableEnded).length,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy()
    }
  }
}
