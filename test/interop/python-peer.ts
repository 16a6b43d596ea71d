/** `peer.py` as a process: orders go in by lines, and what it answers and hears comes out. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('peer.py', import.meta.url))
const START_LIMIT_MS = 60_000
const END_LIMIT_MS = 3000

export type Json = Record<string, unknown>

export interface PythonPeer extends AsyncDisposable {
  peerId: string
  address: string
  /** Carries out an order; throws what it fails with. */
  do(name: string, args?: Json): Promise<unknown>
  /** Sends one JSON-RPC request on the open stream and answers the whole message that comes back. */
  request(method: string, params?: Json): Promise<Json>
  /** The answer of `task_queue.rpc`. */
  queue(op: string, message?: Json): Promise<Json>
  /** The ids of peers that it heard of by mDNS. */
  found: ReadonlySet<string>
}

export async function startPythonPeer(python: string, options: Json = {}): Promise<PythonPeer> {
  const given = JSON.stringify({ host: '127.0.0.1', port: 0, ...options })
  const child = spawn(python, [SCRIPT, given], { stdio: ['pipe', 'pipe', process.env.DEBUG ? 'inherit' : 'ignore'] })
  const ended = once(child, 'exit')
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const ready = Promise.withResolvers<Json>()
  const found = new Set<string>()
  let lastId = 0
  createInterface({ input: child.stdout }).on('line', line => {
    const message: Json = JSON.parse(line)
    if ('ready' in message) ready.resolve(message)
    else if ('found' in message) found.add(String(message.found))
    else {
      const asked = waiting.get(Number(message.id))
      waiting.delete(Number(message.id))
      if ('error' in message) asked?.reject(new Error(String(message.error)))
      else asked?.resolve(message.ok)
    }
  })
  const timer = setTimeout(() => ready.reject(new Error('The peer in Python did not start')), START_LIMIT_MS)
  void ended.then(() => ready.reject(new Error('The peer in Python ended early')))
  const { ready: peerId, addresses } = await ready.promise.finally(() => clearTimeout(timer))

  function order(name: string, args: Json = {}): Promise<unknown> {
    const id = ++lastId
    child.stdin.write(`${JSON.stringify({ id, do: name, ...args })}\n`)
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
  }
  const request = async (method: string, params: Json = {}) => Object(await order('request', { method, params }))
  return {
    peerId: String(peerId),
    address: String(Array.isArray(addresses) ? addresses[0] : ''),
    do: order,
    request,
    async queue(op, message = {}) {
      const answer = await request('tools/call', { name: 'task_queue.rpc', arguments: { op, ...message } })
      return Object(Object(answer.result).content)
    },
    found,
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      const kill = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS)
      await ended
      clearTimeout(kill)
    }
  }
}
