/**
 * MCP over a pair of streams, one JSON message a line. The end of the input is the end of the client: what runs is aborted
 * and the server ends. While the client does not read, no further request is taken from it.
 */
import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { createLifecycle, type Startable } from '../core/startable.ts'
import { createConnection } from './connection.ts'
import { faultText, INVALID_REQUEST } from './json-rpc.ts'
import { createLineSplitter } from './lines.ts'
import type { McpServer } from './mcp-server.ts'

const DEFAULT_MAX_LINE_BYTES = 16 * 1024 * 1024
/** A client that no longer reads must not keep the process alive. */
const FLUSH_LIMIT_MS = 2_000

export interface StdioOptions {
  mcp: McpServer
  input: Readable
  output: Writable
  maxLineBytes?: number
  clock: Clock
  log: Log
}

export interface StdioServer extends Startable {
  /** Resolves when the client is gone or the server was stopped, and all that ran has settled. */
  readonly ended: Promise<void>
}

export function createStdioServer(options: StdioOptions): StdioServer {
  const { mcp, input, output, clock, log, maxLineBytes = DEFAULT_MAX_LINE_BYTES } = options
  const ended = Promise.withResolvers<void>()
  const connection = createConnection({ mcp, evidence: { kind: 'process' }, send })
  const split = createLineSplitter(maxLineBytes, {
    onLine: connection.receive,
    onTooLong() {
      send(faultText(null, { code: INVALID_REQUEST, message: `A message may have at most ${maxLineBytes} bytes` }))
    }
  })
  const lifecycle = createLifecycle(open, close)

  function send(text: string): void {
    if (!output.write(`${text}\n`)) input.pause()
  }
  const resume = () => input.resume()
  const end = () => void lifecycle.stop()
  const fail = (error: Error) => {
    log.warn('stdio broke', { error })
    end()
  }

  async function open(): Promise<void> {
    output.on('drain', resume)
    output.on('error', fail)
    input.on('error', fail)
    input.on('end', end)
    input.on('close', end)
    input.on('data', split)
    // A stream that is already over will not say so again.
    if (input.readableEnded || input.destroyed) queueMicrotask(end)
  }

  async function close(): Promise<void> {
    input.off('data', split)
    output.off('drain', resume)
    input.pause()
    // One turn of the loop, so that a last line that needs no waiting is still answered.
    await new Promise(resolve => setImmediate(resolve))
    await connection.close()
    await flush()
    ended.resolve()
  }

  /** Waits until what was written has left the process, as far as the client reads it. The error listeners stay for late ones. */
  function flush(): Promise<void> {
    return new Promise(resolve => {
      const forget = clock.after(FLUSH_LIMIT_MS, resolve)
      output.write('', () => {
        forget()
        resolve()
      })
    })
  }

  return { ...lifecycle, ended: ended.promise }
}
