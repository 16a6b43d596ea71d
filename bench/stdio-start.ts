/** Starts a server over stdio, asks for its tools, reads its memory and ends it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'

const ANSWER_LIMIT_MS = 20_000
/** How long a server may take to see that its input has ended. */
const END_LIMIT_MS = 3_000

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } }
}
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' }
const LIST = { jsonrpc: '2.0', id: 2, method: 'tools/list' }

export interface Start {
  /** From before the spawn until the list was read. */
  ms: number
  /** Resident memory of the process and of the child under it, if there is one. Empty where the system does not tell. */
  memoryMb: number[]
}

export async function startAndList([command = '', ...args]: string[], temporary: string): Promise<Start> {
  // Settings of this shell, a compile cache among them, are not for the servers.
  const env = { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary }
  const startedAt = performance.now()
  const child = spawn(command, args, { env, cwd: temporary, stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`)
    const lines = createInterface({ input: child.stdout })
    const done = Promise.withResolvers<number>()
    lines.on('line', line => {
      const message = JSON.parse(line)
      if (message.id === INITIALIZE.id) {
        send(INITIALIZED)
        send(LIST)
      } else if (message.id === LIST.id) {
        if (message.result?.tools?.length > 0) done.resolve(performance.now() - startedAt)
        else done.reject(new Error(`No tools were listed: ${line.slice(0, 500)}`))
      }
    })
    void ended.then(([code]) => done.reject(new Error(`${command} ${args.join(' ')} ended early, code ${code}`)))
    send(INITIALIZE)
    const timer = setTimeout(() => done.reject(new Error('No answer in time')), ANSWER_LIMIT_MS)
    const ms = await done.promise.finally(() => clearTimeout(timer))
    return { ms, memoryMb: await memoryOf(child.pid) }
  } finally {
    child.stdin.end()
    const timer = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS)
    await ended
    clearTimeout(timer)
  }
}

async function memoryOf(pid: number | string | undefined): Promise<number[]> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const kb = Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1])
    const [child] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')
    return [kb / 1024, ...(child ? await memoryOf(child) : [])]
  } catch {
    return []
  }
}
