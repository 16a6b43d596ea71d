/** `worker start`, and the worker that a server has of its own: real processes on one data directory. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli, startCommand } from '../helpers/command.ts'
import {
  connectHttp,
  connectStdio,
  createWorkspace,
  end,
  killHard,
  MAIN,
  startHttp,
  type Workspace
} from '../helpers/processes.ts'

const NO_WORKER = { IPFS_DATASETS_MCP_WORKERS_CONCURRENCY: '0' }

async function startWorker({ cwd, dataDir }: Workspace, flags: string[] = []) {
  const child = spawn(process.execPath, [MAIN, 'worker', 'start', '--data-dir', dataDir, ...flags], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe']
  })
  for await (const chunk of child.stderr) if (String(chunk).includes('tasks at once')) break
  return { child, [Symbol.asyncDispose]: () => end(child) }
}

async function put(workspace: Workspace): Promise<void> {
  await writeFile(join(workspace.cwd, 'people.csv'), 'name,age\nAda,36\nAlan,41\n')
}

describe('a server', () => {
  test('runs the tasks that are submitted to it, and those of before when it comes again', async () => {
    await using workspace = await createWorkspace()
    await put(workspace)
    let task_id: unknown
    {
      await using client = await connectStdio(workspace)
      const load = { tool: 'load_dataset', args: { source: 'people.csv' } }
      const submitted = await client.call('task_submit', { task_type: 'tool', payload: load })
      expect(await client.call('task_wait', { task_id: submitted.task_id })).toMatchObject({ status: 'completed' })
      expect(
        await client.call('query_dataset', { dataset_id: 'people', sql: 'SELECT count(*) AS n FROM dataset' })
      ).toMatchObject({
        success: true
      })
      await client.call('queue_pause')
      const later = { tool: 'save_dataset', args: { dataset_data: 'people', destination: 'people.json' } }
      task_id = (await client.call('task_submit', { task_type: 'tool.call', payload: later })).task_id
      await client.call('queue_resume')
      await killHard(client.pid)
    }
    await using client = await connectStdio(workspace)
    for (;;) {
      const text = await readFile(join(workspace.cwd, 'people.json'), 'utf8').catch(() => '')
      if (text.includes('Ada')) break
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    expect(await client.call('task_wait', { task_id, wait_s: 30 })).toMatchObject({ status: 'completed' })
  })

  test('says what is missing for a type that it does not run', async () => {
    await using workspace = await createWorkspace()
    const { stdout, code } = await runCli(workspace, [
      'call',
      'task_submit',
      '--json',
      '{"task_type":"docker.run","payload":{}}'
    ])
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      error: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('containers are not run by this server')
    })
  })
})

describe('worker start', () => {
  test('runs tasks beside the server, itself or through it, and gives its place up when it is asked to stop', async () => {
    await using workspace = await createWorkspace()
    await put(workspace)
    await using server = await startHttp(workspace, [], NO_WORKER)
    await using worker = await startWorker(workspace, ['--id', 'mine', '--concurrency', '2', '--capability', 'near'])
    await using client = await connectHttp(server)
    const payloads = [
      { tool: 'load_dataset', args: { source: 'people.csv' } },
      { tool: 'chunk_text', args: { text: 'a b c' } }
    ]
    for (const payload of payloads) {
      const { task_id } = await client.call('task_submit', { task_type: 'tool.call', payload, requires: ['near'] })
      const wait = await client.call('task_wait', { task_id, wait_s: 20 })
      expect(wait).toMatchObject({ status: 'completed', worker_id: 'mine' })
      // A task of another submitter than the user of the worker runs as that submitter.
      expect(wait.submitter).toMatchObject({ kind: 'anonymous' })
    }
    expect(await client.call('list_datasets')).toMatchObject({ datasets: [{ dataset_id: 'people' }] })
    expect(await client.call('worker_status', { worker_id: 'mine' })).toMatchObject({
      status: 'active',
      completed_tasks: 2
    })
    worker.child.kill('SIGTERM')
    expect(await once(worker.child, 'exit')).toEqual([0, null])
    expect(await client.call('worker_status', { worker_id: 'mine' })).toMatchObject({ status: 'unregistered' })
  })

  test('serves the data directory when nobody owns it', async () => {
    await using workspace = await createWorkspace()
    await using _worker = await startWorker(workspace)
    const args = '{"task_type":"tool.call","payload":{"tool":"chunk_text","args":{"text":"x"}},"task_id":"t"}'
    expect(await runCli(workspace, ['call', 'task_submit', '--json', args])).toMatchObject({ code: 0 })
    const { stdout } = await runCli(workspace, ['call', 'task_wait', 'task_id=t', 'wait_s=20', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ status: 'completed' })
  })

  test('is refused with what would be right', async () => {
    await using workspace = await createWorkspace()
    expect(await runCli(workspace, ['worker'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('worker start')
    })
    expect(await runCli(workspace, ['worker', 'start', '--concurrency', '0'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--concurrency 1')
    })
    expect(await runCli(workspace, ['worker', 'start', '--concurrency', 'x'])).toMatchObject({ code: 2 })
  })

  test('ends with a word when somebody unregisters it', async () => {
    await using workspace = await createWorkspace()
    await using _server = await startHttp(workspace, [], NO_WORKER)
    const { code, stderr } = startCommand(workspace, ['worker', 'start', '--id', 'gone'])
    let said = ''
    stderr.on('data', chunk => {
      said += chunk
    })
    while (!said.includes('tasks at once')) await new Promise(resolve => setTimeout(resolve, 20))
    expect(await runCli(workspace, ['call', 'worker_unregister', 'worker_id=gone'])).toMatchObject({ code: 0 })
    expect(await code).toBe(1)
    expect(said).toContain('was unregistered by somebody')
  })
})
