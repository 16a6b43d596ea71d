/** The conformance suite over stdio: each wire is a stdio server of its own. */
import { PassThrough } from 'node:stream'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import type { HttpServer } from '../../src/transports/http.ts'
import { createLineSplitter } from '../../src/transports/lines.ts'
import { createStdioServer } from '../../src/transports/stdio.ts'
import { createBridge } from './bridge.ts'
import { createConformanceMcp } from './fixture-server.ts'

export function createStdioBridge(port: number): HttpServer {
  const mcp = createConformanceMcp()
  return createBridge(port, mcp, async onMessage => {
    const input = new PassThrough()
    const output = new PassThrough()
    const server = createStdioServer({ mcp, input, output, clock: systemClock, log: silentLog })
    const onLine = (line: Uint8Array) => onMessage(Buffer.from(line).toString())
    output.on('data', createLineSplitter(1_000_000, { onLine, onTooLong: () => {} }))
    await server.start()
    return { write: text => void input.write(`${text}\n`), close: () => server.stop() }
  })
}
