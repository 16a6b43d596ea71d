/** The built server over HTTP, as a process of its own whose tools a bench calls. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { BenchContext } from './bench.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const START_LIMIT_MS = 30_000
/** Longer than any call of a bench should take; the bench itself has a limit too. */
const CALL_LIMIT_MS = 9 * 60_000

export interface BuiltServer {
  /** Calls a tool; throws unless it succeeds. */
  call(tool: string, args: object): Promise<Record<string, unknown>>
  /** Highest resident memory of the process so far, in MB; undefined where the system does not say. */
  peakMb(): Promise<number | undefined>
  /** Resolves when the process is gone. */
  kill(): Promise<void>
}

/** Serves files of `directory`, with `data` in it for a data directory, kept from one start to the next. */
export async function startBuiltServer(directory: string, own: BenchContext['own']): Promise<BuiltServer> {
  const data = join(directory, 'data')
  await mkdir(data, { recursive: true })
  const args = [MAIN, 'serve', '--transport', 'http', '--port', '0', '--data-dir', data]
  const server = spawn(process.execPath, args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(server, 'exit')
  const kill = async () => {
    server.kill('SIGKILL')
    await ended
  }
  own.defer(kill)
  const listening = Promise.withResolvers<string>()
  const timer = setTimeout(() => listening.reject(new Error('The server did not listen in time')), START_LIMIT_MS)
  void ended.then(() => listening.reject(new Error('The server ended early')))
  createInterface({ input: server.stderr }).on('line', line => {
    const url = /^Serving MCP at (\S+)/.exec(line)?.[1]
    if (url) listening.resolve(url)
  })
  const url = await listening.promise.finally(() => clearTimeout(timer))
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url)))
  own.defer(() => client.close().catch(() => {}))

  return {
    kill,
    async call(name, args) {
      const options = { timeout: CALL_LIMIT_MS }
      const answer = await client.callTool({ name, arguments: { ...args } }, options)
      const result = Object(answer.structuredContent)
      if (!result.success) throw new Error(`${name} failed: ${JSON.stringify(answer).slice(0, 500)}`)
      return result
    },
    async peakMb() {
      const status = await readFile(`/proc/${server.pid}/status`, 'utf8').catch(() => '')
      const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]
      return kib === undefined ? undefined : Math.round(Number(kib) / 1024)
    }
  }
}
