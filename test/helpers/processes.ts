/** Real processes of the program, run from its source, and real MCP clients on them. Everything ends with its test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/client/stdio'

export const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
export const DATASETS = new URL('../../node_modules/vega-datasets/data/', import.meta.url).pathname

export type Era = 'modern' | 'legacy'
export type Result = Record<string, unknown>

export interface Workspace extends AsyncDisposable {
  cwd: string
  dataDir: string
}

/** A working directory and, inside it, a data directory that does not exist yet. */
export async function createWorkspace(): Promise<Workspace> {
  const cwd = await mkdtemp(join(tmpdir(), 'e2e-'))
  return { cwd, dataDir: join(cwd, 'data'), [Symbol.asyncDispose]: () => rm(cwd, { recursive: true, force: true }) }
}

export interface Connection extends AsyncDisposable {
  client: Client
  pid: number
  /** Calls a tool; answers its structured result. */
  call(tool: string, args?: Result): Promise<Result>
  close(): Promise<void>
}

function connection(client: Client, pid: number, end: () => Promise<void>): Connection {
  let ended: Promise<void> | undefined
  const close = () => {
    ended ??= client
      .close()
      .catch(() => {})
      .then(end)
    return ended
  }
  return {
    client,
    pid,
    close,
    [Symbol.asyncDispose]: close,
    async call(name, args = {}) {
      return Object((await client.callTool({ name, arguments: args })).structuredContent)
    }
  }
}

function newClient(era: Era): Client {
  const mode = era === 'modern' ? { pin: '2026-07-28' } : 'legacy'
  return new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
}

export async function connectStdio(
  { cwd, dataDir }: Workspace,
  era: Era = 'modern',
  flags: string[] = [],
  env: Record<string, string> = {}
): Promise<Connection> {
  const client = newClient(era)
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, 'serve', '--transport', 'stdio', '--data-dir', dataDir, ...flags],
    cwd,
    env: { ...getDefaultEnvironment(), ...env },
    stderr: 'inherit'
  })
  await client.connect(transport)
  return connection(client, transport.pid ?? 0, async () => {})
}

export interface HttpProcess extends AsyncDisposable {
  url: string
  child: ChildProcess
}

export async function startHttp(
  { cwd, dataDir }: Workspace,
  flags: string[] = [],
  env: Record<string, string> = {}
): Promise<HttpProcess> {
  const child = spawn(
    process.execPath,
    [MAIN, 'serve', '--transport', 'http', '--port', '0', '--data-dir', dataDir, ...flags],
    {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe']
    }
  )
  let said = ''
  for await (const chunk of child.stderr) {
    said += chunk
    const url = /at (http:\S+)/.exec(said)?.[1]
    if (url !== undefined) return { url, child, [Symbol.asyncDispose]: () => end(child) }
  }
  throw new Error(`The server did not start: ${said}`)
}

export async function connectHttp(server: { url: string }, era: Era = 'modern'): Promise<Connection> {
  const client = newClient(era)
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url)))
  return connection(client, 0, async () => {})
}

/** Ends a process that a test started, and waits for it. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

/** Kills a process that a test started and waits until it is gone. */
export async function killHard(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  for (let isThere = true; isThere; ) {
    await new Promise(resolve => setTimeout(resolve, 5))
    try {
      process.kill(pid, 0)
    } catch {
      isThere = false
    }
  }
}
