import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parse as parseJsonc } from 'jsonc-parser'
import { parse as parseToml } from 'smol-toml'
import { describe, expect, test } from 'vitest'
import { CLIENTS, type McpClient } from '../../src/cli/clients/clients.ts'
import { runCli } from '../helpers/command.ts'
import { createWorkspace, type Workspace } from '../helpers/processes.ts'

const settingsPath = (client: McpClient, { cwd }: Workspace) =>
  client.settingsPath({ home: cwd, platform: process.platform, env: {} })

async function writeSettings(client: McpClient, workspace: Workspace, text: string): Promise<string> {
  const path = settingsPath(client, workspace)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

/** Read by another reader than the one that wrote it. */
function serversIn(client: McpClient, text: string): Record<string, unknown> {
  const settings =
    client.format === 'toml' ? parseToml(text) : client.format === 'jsonc' ? parseJsonc(text) : JSON.parse(text)
  return Object(settings)[client.serversKey]
}

/** Settings with a server of somebody else, and whatever else people have in them. */
function earlierSettings({ format, serversKey }: McpClient): string {
  if (format === 'toml') return `# mine\nmodel = "o"\n\n[${serversKey}.other]\ncommand = "x"\n\n[profiles.a]\nb = 1\n`
  const comment = format === 'jsonc' ? '\t// mine\n' : ''
  return `{\n${comment}\t"theme": "dark",\n\t"${serversKey}": {\n\t\t"other": { "command": "x" }\n\t}\n}\n`
}

describe.each(CLIENTS.map(client => [client.id, client] as const))('%s', (id, client) => {
  test('without settings it gets some that start this server, and undo removes them again', async () => {
    await using workspace = await createWorkspace()
    const path = settingsPath(client, workspace)
    expect((await runCli(workspace, ['setup', id])).code).toBe(0)
    expect(serversIn(client, await readFile(path, 'utf8'))['ipfs-datasets']).toMatchObject({
      command: '/opt/node/bin/node',
      args: ['/opt/server/bin/ipfs-datasets-mcp.js', 'serve']
    })
    expect((await runCli(workspace, ['setup', id, '--undo'])).code).toBe(0)
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('what else stands in its settings stays, to the character, and undo brings every byte back', async () => {
    await using workspace = await createWorkspace()
    const before = earlierSettings(client)
    const path = await writeSettings(client, workspace, before)
    await chmod(path, 0o640)
    const { stdout } = await runCli(workspace, ['setup', id])
    const after = await readFile(path, 'utf8')
    expect(Object.keys(serversIn(client, after)).sort()).toEqual(['ipfs-datasets', 'other'])
    expect(after).toContain(before.includes('// mine') ? '// mine' : before.slice(0, 20))
    expect((await stat(path)).mode & 0o777).toBe(0o640)
    expect(stdout).toMatch(/^\+ .*ipfs-datasets/m)
    await runCli(workspace, ['setup', id, '--undo'])
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  test('a dry run shows the same change and makes none', async () => {
    await using workspace = await createWorkspace()
    const before = earlierSettings(client)
    const path = await writeSettings(client, workspace, before)
    const { stdout, code } = await runCli(workspace, ['setup', id, '--dry-run'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\+ .*ipfs-datasets/m)])
    expect(await readFile(path, 'utf8')).toBe(before)
    expect(await readdir(dirname(path))).toHaveLength(1)
  })

  test('settings that cannot be read are left untouched, and the error names the place', async () => {
    await using workspace = await createWorkspace()
    const broken = client.format === 'toml' ? 'a = 1\n[mcp_servers\n' : '{\n  "a": 1,\n  "b" 2\n}\n'
    const path = await writeSettings(client, workspace, broken)
    const { code, stderr } = await runCli(workspace, ['setup', id])
    expect(code).toBe(1)
    expect(stderr).toContain('BAD_DATA')
    expect(stderr).toContain(path)
    expect(await readFile(path, 'utf8')).toBe(broken)
  })

  test('set up twice it changes nothing more, and one undo goes back to the beginning', async () => {
    await using workspace = await createWorkspace()
    const before = earlierSettings(client)
    const path = await writeSettings(client, workspace, before)
    await runCli(workspace, ['setup', id])
    const once = await readFile(path, 'utf8')
    expect((await runCli(workspace, ['setup', id])).stdout).toContain('stays as it is')
    expect(await readFile(path, 'utf8')).toBe(once)
    await runCli(workspace, ['setup', id, '--data-dir', workspace.dataDir])
    await runCli(workspace, ['setup', id, '--undo'])
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  test('undo after somebody changed the settings takes out this server only', async () => {
    await using workspace = await createWorkspace()
    const path = await writeSettings(client, workspace, earlierSettings(client))
    await runCli(workspace, ['setup', id])
    const changed = (await readFile(path, 'utf8')).replace('"x"', '"y"')
    await writeFile(path, changed)
    await runCli(workspace, ['setup', id, '--undo'])
    expect(serversIn(client, await readFile(path, 'utf8'))).toEqual({ other: { command: 'y' } })
  })
})

test('comments are an error where the client reads plain JSON', async () => {
  await using workspace = await createWorkspace()
  for (const client of CLIENTS.filter(({ format }) => format === 'json')) {
    const path = await writeSettings(client, workspace, '{ // mine\n}\n')
    expect((await runCli(workspace, ['setup', client.id])).code).toBe(1)
    expect(await readFile(path, 'utf8')).toBe('{ // mine\n}\n')
  }
})

test('settings that are a link stay one', async () => {
  await using workspace = await createWorkspace()
  const [cursor] = CLIENTS.filter(({ id }) => id === 'cursor')
  if (!cursor) throw new Error('Cursor is gone')
  const path = settingsPath(cursor, workspace)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(join(workspace.cwd, 'dotfile.json'), '{}')
  await symlink(join(workspace.cwd, 'dotfile.json'), path)
  await runCli(workspace, ['setup', 'cursor'])
  expect((await lstat(path)).isSymbolicLink()).toBe(true)
  expect(await readFile(join(workspace.cwd, 'dotfile.json'), 'utf8')).toContain('ipfs-datasets')
})

test('the list tells which clients are found', async () => {
  await using workspace = await createWorkspace()
  await mkdir(join(workspace.cwd, '.cursor'))
  const { stdout } = await runCli(workspace, ['setup', '--list', '--json'])
  const found: { client: string; found: boolean }[] = JSON.parse(stdout)
  expect(found.filter(row => row.found).map(row => row.client)).toEqual(['cursor'])
  expect(found).toHaveLength(8)
  expect((await runCli(workspace, ['setup', '--list'])).stdout).toMatch(/^cursor +found/m)
})

test('an unknown client is wrong usage, and nothing to undo is an error', async () => {
  await using workspace = await createWorkspace()
  expect(await runCli(workspace, ['setup', 'cursr'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"cursor"')
  })
  expect((await runCli(workspace, ['setup'])).code).toBe(2)
  expect((await runCli(workspace, ['setup', 'zed', '--undo'])).code).toBe(1)
})
