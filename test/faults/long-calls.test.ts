/** Long calls of a server that is killed: what the next one on the same directory knows of them, and what it does about them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { end, killHard } from '../helpers/processes.ts'
import { MODERN_META } from '../transports/counterpart.ts'

const SCRIPT = new URL('./long-call-server.ts', import.meta.url).pathname
const able = {
  ...MODERN_META,
  'io.modelcontextprotocol/clientCapabilities': { elicitation: {}, extensions: { 'io.modelcontextprotocol/tasks': {} } }
}

function startServer(directory: string) {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => end(child, 'SIGKILL'))
  const { stdin, stdout } = child
  if (!stdin || !stdout) throw new Error('The server has no pipes')
  const waiting = new Map<number, (message: { result: Record<string, unknown> }) => void>()
  createInterface({ input: stdout }).on('line', line => {
    const message = JSON.parse(line)
    waiting.get(message.id)?.(message)
  })
  let lastId = 0
  async function send(method: string, params: object): Promise<Record<string, unknown>> {
    const id = ++lastId
    const answered = new Promise<{ result: Record<string, unknown> }>(resolve => waiting.set(id, resolve))
    stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta: able } })}\n`)
    return (await answered).result
  }
  return {
    child,
    send,
    begin: async (name: string, label: string) =>
      String((await send('tools/call', { name, arguments: { label } })).taskId),
    until: async (taskId: string, status: string) => {
      const look = async () => await send('tasks/get', { taskId })
      await expect.poll(async () => (await look()).status, { timeout: 20_000, interval: 50 }).toBe(status)
      return await look()
    }
  }
}

test('a call that is safe to repeat and one that had not begun are run, any other is unknown, and nothing else is lost', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'killed-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const ledger = async () =>
    (await readFile(join(directory, 'ledger'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
  const go = join(directory, 'go')

  const before = startServer(directory)
  await writeFile(go, '')
  const ended = (await before.send('tools/call', { name: 'once', arguments: { label: 'ended' } })).taskId
  expect(ended).toBeUndefined()
  await rm(go)
  const asked = await before.begin('asking', 'asked')
  await before.until(asked, 'input_required')
  const running = [await before.begin('once', 'once'), await before.begin('safe', 'safe')]
  await expect.poll(async () => (await ledger()).toSorted()).toEqual(['ended', 'once', 'safe'])
  const waiting = await before.begin('once', 'waiting')
  await killHard(before.child.pid ?? 0)

  await writeFile(go, '')
  const after = startServer(directory)
  expect(await after.until(asked, 'input_required')).toMatchObject({ inputRequests: { sure: {} } })
  const [once, safe] = running as [string, string]
  expect(await after.until(once, 'failed')).toMatchObject({
    error: { code: -32603, data: { error: 'OUTCOME_UNKNOWN' } }
  })
  expect(await after.until(safe, 'completed')).toMatchObject({ result: { structuredContent: { label: 'safe' } } })
  expect(await after.until(waiting, 'completed')).toMatchObject({ result: { structuredContent: { label: 'waiting' } } })
  await after.send('tasks/update', { taskId: asked, inputResponses: { sure: { action: 'accept', content: {} } } })
  await after.until(asked, 'completed')
  expect((await ledger()).toSorted()).toEqual(['asked', 'ended', 'once', 'safe', 'safe', 'waiting'])

  after.child.stdin?.end()
  await exited(after.child)
  const last = startServer(directory)
  expect(await last.until(safe, 'completed')).toMatchObject({ result: { structuredContent: { label: 'safe' } } })
}, 60_000)

async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, 'exit')
}
