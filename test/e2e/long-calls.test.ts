/** A long call's handle is good in every process of the data directory, and in the one that takes over when its owner is killed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createWorkspace, killHard, MAIN, type Workspace } from '../helpers/processes.ts'

const TASKS = 'io.modelcontextprotocol/tasks'

async function connect({ cwd, dataDir }: Workspace) {
  const client = new Client(
    { name: 'alice', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { extensions: { [TASKS]: {} } } }
  )
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, 'serve', '--data-dir', dataDir],
    cwd,
    stderr: 'inherit'
  })
  await client.connect(transport)
  const get = async (taskId: string) =>
    await client.request({ method: 'tasks/get', params: { taskId } }, z.looseObject({ status: z.string() }))
  return { client, get, pid: transport.pid ?? 0, [Symbol.asyncDispose]: () => client.close() }
}

test('what one process began, another sees the end of, also when the first is killed', async () => {
  await using workspace = await createWorkspace()
  await writeFile(join(workspace.cwd, 'people.csv'), 'name,age\nAda,36\nGrace,85\n')
  const owner = await connect(workspace)
  const call = { tool: 'load_dataset', arguments: { source: 'people.csv' }, task_id: 'people' }
  await owner.client.callTool({ name: 'mcp_task_begin', arguments: call })
  await using other = await connect(workspace)
  await expect.poll(async () => (await other.get('people')).status, { timeout: 10_000 }).toBe('completed')
  const before = await other.get('people')
  expect(before).toMatchObject({ result: { structuredContent: { num_records: 2 }, isError: false } })
  await killHard(owner.pid)
  expect(await other.get('people')).toEqual(before)
  const { structuredContent } = await other.client.callTool({ name: 'list_datasets', arguments: {} })
  expect(structuredContent).toMatchObject({ datasets: [{ dataset_id: 'people' }] })
})
