import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net'
import type { FetchOptions } from '../../../src/services/fetcher/api.ts'
import { createFetcher, type FetcherConfig } from '../../../src/services/fetcher/index.ts'

export interface Host extends AsyncDisposable {
  port: number
  url: string
  /** How many connections it has seen. */
  connections(): number
}

/** A real HTTP server on loopback. */
export const openHost = (onRequest: RequestListener, address = '127.0.0.1') => listen(createServer(onRequest), address)

/** A server that says exactly these bytes to whoever connects and sends something. */
export const openRawHost = (reply: (socket: Socket) => void) =>
  listen(
    createRawServer(socket => {
      socket.on('error', () => {})
      socket.once('data', () => reply(socket))
    }),
    '127.0.0.1'
  )

async function listen(server: ReturnType<typeof createRawServer>, address: string): Promise<Host> {
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', socket => {
    connections++
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://${address}:${port}`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

/** A started fetcher that may reach the servers of these tests, unless told otherwise. */
export async function openFetcher(config: FetcherConfig = {}) {
  const fetcher = createFetcher({ allowHttp: true, allowLoopback: true, ...config })
  await fetcher.start()
  return {
    ...fetcher,
    async text(url: string, options?: FetchOptions): Promise<string> {
      await using body = await fetcher.get(url, options)
      const chunks: Uint8Array[] = []
      for await (const chunk of body.bytes) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    },
    [Symbol.asyncDispose]: () => fetcher.stop()
  }
}
