/** Tasks and the queue at a shell, beside a server that owns the data directory. */
import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli, startCommand } from '../helpers/command.ts'
import { type Connection, connectStdio, createWorkspace, end, MAIN, type Workspace } from '../helpers/processes.ts'

const PAYLOAD = '{"tool":"list_datasets"}'
const submitted = [
  'tasks',
  'submit',
  'resize',
  '--payload',
  PAYLOAD,
  '--id',
  'nightly',
  '--tag',
  'x',
  '--priority',
  '7'
]

/** A server that owns the data directory, and a worker of the test's own for a type that the server does not run itself. */
async function startOwner(workspace: Workspace): Promise<Connection> {
  const server = await connectStdio(workspace)
  await server.call('worker_register', { worker_id: 'w1', capabilities: ['resize'] })
  return server
}

test('a task is submitted, listed, shown and cancelled, for people and for programs', async () => {
  await using workspace = await createWorkspace()
  await using server = await startOwner(workspace)
  expect(await runCli(workspace, submitted)).toEqual({ code: 0, stdout: 'nightly\n', stderr: '' })
  const listed = await runCli(workspace, ['tasks', 'list', '--status', 'queued', '--tag', 'x'])
  expect(listed.stdout).toMatch(/^task .*\nnightly {2}resize {2}queued +7 .*\n1 tasks\n$/)
  const page = JSON.parse((await runCli(workspace, ['tasks', 'list', '--json'])).stdout)
  expect(page).toMatchObject({ total_count: 1, tasks: [{ task_id: 'nightly', priority: 7 }] })

  const { tasks } = await server.call('task_claim', { worker_id: 'w1', task_types: ['resize'] })
  const [{ lease_token }] = Object(tasks)
  await server.call('task_heartbeat', { task_id: 'nightly', lease_token, logs: [{ message: 'begun' }] })
  const shown = await runCli(workspace, ['tasks', 'show', 'nightly'])
  expect(shown.stdout).toMatch(/status: +running/)
  expect(shown.stdout).toContain('begun')
  expect((await runCli(workspace, ['tasks', 'cancel', 'nightly'])).stdout).toBe('Its worker was asked to stop\n')
  expect((await runCli(workspace, ['tasks', 'cancel', 'nightly', '--force'])).stdout).toBe('Cancelled\n')
  expect(await server.call('task_status', { task_id: 'nightly' })).toMatchObject({ status: 'cancelled' })
})

test('watching tells each change and ends with the task, by its outcome', async () => {
  await using workspace = await createWorkspace()
  await using server = await startOwner(workspace)
  for (const outcome of [
    { status: 'completed', result: { rows: 3 } },
    { status: 'failed', error: { code: 'NO_SPACE', message: 'The disk is full', retryable: false } }
  ]) {
    const task_id = outcome.status
    await server.call('task_submit', { task_id, task_type: 'resize', payload: {} })
    const { stdout, stderr, code } = startCommand(workspace, ['tasks', 'watch', task_id])
    let said = ''
    stdout.on('data', chunk => {
      said += chunk
    })
    await expect.poll(() => said).toBe('queued\n')
    const { tasks } = await server.call('task_claim', { worker_id: 'w1', task_id })
    const [{ lease_token }] = Object(tasks)
    await server.call('task_heartbeat', { task_id, lease_token, progress: { fraction: 0.5, message: 'half' } })
    await expect.poll(() => said, { timeout: 10_000 }).toContain('running on w1 50 % half\n')
    await server.call('task_complete', { task_id, lease_token, ...outcome })
    expect(await code).toBe(outcome.result ? 0 : 1)
    stderr.end()
    expect(said).toContain(outcome.result ? '"rows": 3' : 'NO_SPACE: The disk is full')
  }
})

test('who stops watching stops nothing else', async () => {
  await using workspace = await createWorkspace()
  await using server = await startOwner(workspace)
  await server.call('task_submit', { task_id: 'a', task_type: 'resize', payload: {} })
  const { stdout, stop, code } = startCommand(workspace, ['tasks', 'watch', 'a', '--json'])
  for await (const chunk of stdout) {
    expect(JSON.parse(String(chunk))).toMatchObject({ task_id: 'a', status: 'queued' })
    break
  }
  stop.abort()
  expect(await code).toBe(0)
  expect(await server.call('task_status', { task_id: 'a' })).toMatchObject({ status: 'queued' })
})

test('the queue is shown, paused and resumed', async () => {
  await using workspace = await createWorkspace()
  await using server = await startOwner(workspace)
  expect((await runCli(workspace, ['queue', 'stats'])).stdout).toMatch(/queued_count: +0\n/)
  const paused = await runCli(workspace, ['queue', 'pause', '--reason', 'new disk', '--json'])
  expect(JSON.parse(paused.stdout)).toMatchObject({ status: 'paused', reason: 'new disk' })
  expect(await server.call('queue_stats')).toMatchObject({ paused: true })
  expect((await runCli(workspace, ['queue', 'resume'])).stdout).toMatch(/status: +active/)
  expect(await server.call('queue_stats')).toMatchObject({ paused: false })
})

test.each([
  [['tasks'], 2, 'list, show, submit'],
  [['tasks', 'lits'], 2, 'list, show, submit'],
  [['tasks', 'show'], 2, 'Which task?'],
  [['tasks', 'show', 'a', 'b'], 2, 'one word too many'],
  [['tasks', 'submit', 'tool.call'], 2, '--payload'],
  [['tasks', 'submit', 'tool.call', '--payload', '{'], 2, 'a JSON object'],
  [['tasks', 'submit', 'tool.call', '--payload', '[1]'], 1, '/payload: '],
  [['tasks', 'submit', 'tool.cal', '--payload', PAYLOAD], 1, 'tool.call'],
  [['tasks', 'submit', 'tool.call', '--payload', PAYLOAD, '--priority', 'high'], 2, '--priority takes a number'],
  [['tasks', 'list', '--limit', '0'], 1, '/limit: '],
  [['tasks', 'show', 'none'], 1, 'Next: ipfs-datasets-mcp tasks list'],
  [['tasks', 'watch', 'none'], 1, 'NOT_FOUND'],
  [['queue'], 2, 'stats, pause, resume'],
  [['queue', 'pause', 'now'], 2, 'one word too many']
])('%j exits with %i and says what is right', async (args, code, told) => {
  await using workspace = await createWorkspace()
  const ended = await runCli(workspace, args)
  expect([ended.code, ended.stdout]).toEqual([code, ''])
  expect(ended.stderr).toContain(told)
})

test('the help of both has examples', async () => {
  await using workspace = await createWorkspace()
  for (const name of ['tasks', 'queue'])
    expect((await runCli(workspace, [name, '--help'])).stdout).toContain('Examples:')
})

test('a command that waits lives until its wait is over, and keeps nobody out of the directory that it owns', async () => {
  await using workspace = await createWorkspace()
  const { cwd, dataDir } = workspace
  const args = [
    MAIN,
    'call',
    'task_claim',
    'worker_id=w1',
    'task_types=["resize"]',
    'wait_s=60',
    '--json',
    '--data-dir',
    dataDir
  ]
  const waiting = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  await using _ended = { [Symbol.asyncDispose]: () => end(waiting) }
  await expect.poll(async () => (await stat(join(dataDir, 'node.sock'))).isSocket(), { timeout: 20_000 }).toBe(true)
  expect((await runCli(workspace, ['tasks', 'submit', 'resize', '--id', 'a', '--payload', '{}'])).stdout).toBe('a\n')
  const printed = await waiting.stdout.toArray()
  expect(JSON.parse(Buffer.concat(printed).toString())).toMatchObject({ tasks: [{ task_id: 'a', worker_id: 'w1' }] })
})
