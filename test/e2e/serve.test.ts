import { once } from 'node:events'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startCommand } from '../helpers/command.ts'
import { type Connection, connectHttp, createWorkspace, type Workspace } from '../helpers/processes.ts'

/** `serve` over HTTP in this process, with what it printed. */
async function serveHttp(workspace: Workspace, args: string[] = [], env: Record<string, string> = {}) {
  const command = startCommand(workspace, ['serve', '--transport', 'http', '--port', '0', ...args], env)
  let said = ''
  command.stderr.on('data', chunk => {
    said += chunk
  })
  while (!/at (http\S+)/.test(said)) await once(command.stderr, 'data')
  return { ...command, said: () => said, url: /at (http\S+)/.exec(said)?.[1] ?? '' }
}

test('http prints where it serves and how to connect, answers health and metrics, and a stop ends it with 0', async () => {
  await using workspace = await createWorkspace()
  const { url, said, stop, code } = await serveHttp(workspace)
  expect(said()).toContain(`claude mcp add --transport http ipfs-datasets ${url}`)
  expect((await fetch(new URL('/health', url))).status).toBe(200)
  expect((await fetch(new URL('/health/ready', url))).status).toBe(200)
  expect(await (await fetch(new URL('/metrics', url))).text()).toContain(
    'ipfs_datasets_lane_running{runtime="general"} 0'
  )
  stop.abort()
  expect(await code).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
})

test('what is called over http is counted in the metrics', async () => {
  await using workspace = await createWorkspace()
  const { url, stop, code } = await serveHttp(workspace)
  const connection: Connection = await connectHttp({ url })
  await connection.call('list_datasets')
  await connection.close()
  expect(await (await fetch(new URL('/metrics', url))).text()).toContain(
    'mcp_server_operation_duration_seconds_count{gen_ai_tool_name="list_datasets",runtime="general"} 1'
  )
  stop.abort()
  await code
})

test('the exposure decides what is listed, not what can be called', async () => {
  await using workspace = await createWorkspace()
  const { url, stop, code } = await serveHttp(workspace, ['--expose', 'ipfs_tools'])
  const connection = await connectHttp({ url })
  const names = (await connection.client.listTools()).tools.map(({ name }) => name)
  expect(names).toContain('tools_dispatch')
  expect(names).toContain('ipfs_add')
  expect(names).not.toContain('load_dataset')
  expect(await connection.call('list_datasets')).toMatchObject({ success: true })
  await connection.close()
  stop.abort()
  await code
})

test('an unknown category to expose is refused at start with the nearest name', async () => {
  await using workspace = await createWorkspace()
  const { code, stderr } = startCommand(workspace, ['serve', '--expose', 'ipfs_tool'])
  expect(await code).not.toBe(0)
  expect(String(stderr.read())).toContain('ipfs_tools')
})

test('stdio ends with its input, answers what was asked before, and writes nothing else on standard output', async () => {
  await using workspace = await createWorkspace()
  const { stdin, stdout, code } = startCommand(workspace, ['serve'])
  stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\nnot json\n')
  stdin.end()
  expect(await code).toBe(0)
  const lines = String(stdout.read())
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines).toHaveLength(2)
  expect(lines).toContainEqual({ jsonrpc: '2.0', id: 1, result: expect.anything() })
  expect(lines).toContainEqual(expect.objectContaining({ error: expect.objectContaining({ code: -32700 }) }))
})

test('the owner’s socket is private, and gone after a clean stop', async () => {
  await using workspace = await createWorkspace()
  const { stop, code } = await serveHttp(workspace)
  const path = join(workspace.dataDir, 'node.sock')
  let found = await stat(path).catch(() => undefined)
  while (found === undefined) {
    await new Promise(resolve => setTimeout(resolve, 10))
    found = await stat(path).catch(() => undefined)
  }
  expect(found.mode & 0o777).toBe(0o600)
  stop.abort()
  await code
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('the first contact of a client costs at most 1,500 tokens of four bytes', async () => {
  await using workspace = await createWorkspace()
  const { stdin, stdout, code } = startCommand(workspace, ['serve'])
  const name = (part: string) => `io.modelcontextprotocol/${part}`
  const _meta = {
    [name('protocolVersion')]: '2026-07-28',
    [name('clientInfo')]: { name: 'test', version: '1' },
    [name('clientCapabilities')]: {}
  }
  for (const [id, method] of ['server/discover', 'tools/list'].entries()) {
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params: { _meta } })}\n`)
  }
  stdin.end()
  await code
  const said = String(stdout.read())
  expect(
    said
      .trim()
      .split('\n')
      .map(line => 'result' in JSON.parse(line))
  ).toEqual([true, true])
  expect(Buffer.byteLength(said)).toBeLessThanOrEqual(6000)
  // Nor does it start a service: those have folders in the data directory.
  expect((await readdir(workspace.dataDir)).sort()).toEqual(['owner.lock', 'version'])
})
