/** What the owner of a data directory does for other processes of the same user: it listens on the socket in it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Node } from '../node.ts'
import type { McpServer } from '../transports/mcp-server.ts'
import { createHttp } from './face.ts'

/** The socket opens after the first answers, so that it costs a starting client no time. */
const SOCKET_DELAY_MS = 150

/** How long the tasks and the peers of an owner that died may wait for the next one. */
const LOOK_MS = 1000

/**
 * Opens the socket of the data directory soon after this process owns it; closes it at the end. While another process owns it, this
 * one looks whether that is still there, so that tasks and peers go on although nobody calls.
 */
export function shareNode(
  node: Node,
  mcp: McpServer,
  config: Config,
  log: Log,
  clock: Pick<Clock, 'after'> = systemClock
): AsyncDisposable {
  const leaving = new AbortController()
  let cancelLook = () => {}
  let opening: Promise<{ stop(): Promise<void> } | undefined> = Promise.resolve(undefined)

  async function open() {
    await sleep(SOCKET_DELAY_MS, undefined, { signal: leaving.signal })
    const server = await createHttp(node, mcp, config, log, { socketPath: node.socketPath })
    await server.start()
    // Off or failing, the rest of the server works, and the tools about peers say why.
    await node.openToPeers(mcp).catch(error => log.error('peer-to-peer did not start', { error }))
    await node.resumeTasks().catch(error => log.error('the tasks from before are not taken up', { error }))
    return server
  }

  async function look(): Promise<void> {
    const isOwner = await node.takeOver().catch(error => {
      log.warn('whether the data directory is free could not be seen', { error })
      return false
    })
    if (!isOwner && !leaving.signal.aborted) cancelLook = clock.after(LOOK_MS, () => void look())
  }
  cancelLook = clock.after(LOOK_MS, () => void look())

  node.onOwned(() => {
    opening = open().catch(error => {
      if (!leaving.signal.aborted) log.error('the socket of the data directory is not open', { error })
      return undefined
    })
  })
  return {
    async [Symbol.asyncDispose]() {
      leaving.abort()
      cancelLook()
      await (await opening)?.stop()
    }
  }
}
