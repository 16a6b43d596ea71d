/** What the owner of a data directory does for other processes of the same user: it listens on the socket in it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import type { Log } from '../core/log.ts'
import type { Node } from '../node.ts'
import type { HttpServer } from '../transports/http.ts'
import type { McpServer } from '../transports/mcp-server.ts'
import { createHttp } from './face.ts'

/** The socket opens after the first answers, so that it costs a starting client no time. */
const SOCKET_DELAY_MS = 150

/** How often a process that waits for the data directory looks whether its owner has gone. */
const STAND_BY_MS = 2_000

/** Opens the socket of the data directory soon after this process owns it; closes it at the end. */
export function shareNode(node: Node, mcp: McpServer, config: Config, log: Log): AsyncDisposable {
  const leaving = new AbortController()
  let opening: Promise<{ stop(): Promise<void> } | undefined> = Promise.resolve(undefined)

  async function open() {
    // Off or failing, the rest of the server works, and the tools about peers say why.
    const peersOpen = node.openToPeers(mcp).catch(error => log.error('peer-to-peer did not start', { error }))
    let server: HttpServer
    try {
      await sleep(SOCKET_DELAY_MS, undefined, { signal: leaving.signal })
      server = await createHttp(node, mcp, config, log, { socketPath: node.socketPath })
      await server.start()
    } finally {
      await peersOpen
    }
    await node.watch().catch(error => log.error('the system is not watched', { error }))
    await node.resumeTasks().catch(error => log.error('the tasks from before are not taken up', { error }))
    return server
  }

  node.onOwned(() => {
    opening = open().catch(error => {
      if (!leaving.signal.aborted) log.error('the socket of the data directory is not open', { error })
      return undefined
    })
  })
  // Peers, tasks and workers are with the owner: they must not wait for a call to notice that there is none.
  async function standBy(): Promise<void> {
    while (!leaving.signal.aborted && !(await node.claim()))
      await sleep(STAND_BY_MS, undefined, { signal: leaving.signal, ref: false })
  }
  const waiting = standBy().catch(error => {
    if (!leaving.signal.aborted) log.error('the data directory is not taken over when its owner ends', { error })
  })

  return {
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await waiting
      await (await opening)?.stop()
    }
  }
}
