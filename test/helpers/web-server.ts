/** A server on loopback for one test, and the settings under which a node may reach it. */
import { createServer, type RequestListener } from 'node:http'

export const LOCAL_WEB = {
  IPFS_DATASETS_MCP_FETCH__ALLOW_HTTP: 'true',
  IPFS_DATASETS_MCP_FETCH__ALLOW_LOOPBACK: 'true'
}

export async function serveWeb(listener: RequestListener): Promise<Disposable & { url: string }> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    }
  }
}
