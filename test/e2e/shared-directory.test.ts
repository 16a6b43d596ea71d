import { copyFile, readdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { connectStdio, createWorkspace, DATASETS, killHard } from '../helpers/processes.ts'

test('two clients and the shell share one data directory', async () => {
  await using workspace = await createWorkspace()
  await writeFile(join(workspace.cwd, 'a.csv'), 'n\n1\n2\n')
  await using first = await connectStdio(workspace)
  await using second = await connectStdio(workspace, 'legacy')

  await first.call('load_dataset', { source: 'a.csv' })
  expect(await second.call('query_dataset', { dataset_id: 'a', sql: 'SELECT sum(n) AS s FROM dataset' })).toMatchObject(
    {
      rows: [{ s: 3 }]
    }
  )
  await second.call('load_dataset', { source: [{ x: 1 }], options: { dataset_id: 'b' } })
  const { stdout, code } = await runCli(workspace, ['call', 'list_datasets', '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout).total).toBe(2)
})

test('a failure is the same through the owner’s socket', async () => {
  await using workspace = await createWorkspace()
  await using first = await connectStdio(workspace)
  await using second = await connectStdio(workspace)
  const [here, there] = [
    await first.call('load_dataset', { sorce: 1 }),
    await second.call('load_dataset', { sorce: 1 })
  ]
  expect(there).toMatchObject({ success: false, error: 'INVALID_INPUT' })
  expect({ ...there, request_id: '' }).toEqual({ ...here, request_id: '' })
})

test('when the owner is killed the next call of another client takes over, with everything that was acknowledged', async () => {
  await using workspace = await createWorkspace()
  await writeFile(join(workspace.cwd, 'a.csv'), 'n\n1\n2\n')
  await using first = await connectStdio(workspace)
  await using second = await connectStdio(workspace)
  await first.call('load_dataset', { source: 'a.csv' })
  expect(await second.call('list_datasets')).toMatchObject({ total: 1 })
  await killHard(first.pid)
  expect(
    await second.call('query_dataset', { dataset_id: 'a', sql: 'SELECT count(*) AS n FROM dataset' })
  ).toMatchObject({
    success: true,
    rows: [{ n: 2 }]
  })
  await using third = await connectStdio(workspace)
  expect(await third.call('list_datasets')).toMatchObject({ total: 1 })
})

test('when the owner is killed another takes over by itself, without a call', async () => {
  await using workspace = await createWorkspace()
  await using first = await connectStdio(workspace)
  await using second = await connectStdio(workspace)
  expect(await second.call('list_datasets')).toMatchObject({ total: 0 })
  const socket = join(workspace.dataDir, 'node.sock')
  await killHard(first.pid)
  await expect.poll(() => isOpen(socket), { timeout: 20_000 }).toBe(true)
})

/** Whether somebody listens there. */
function isOpen(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(socketPath)
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

test('kill -9 at random moments of loading, publishing and importing leaves nothing half-done', async () => {
  await using workspace = await createWorkspace()
  await copyFile(join(DATASETS, 'flights-airport.csv'), join(workspace.cwd, 'flights.csv'))
  let acknowledged = 0
  for (let round = 0; round < 6; round++) {
    const connection = await connectStdio(workspace)
    const killAfterMs = 100 + round * 120
    const timer = setTimeout(() => process.kill(connection.pid, 'SIGKILL'), killAfterMs)
    try {
      for (;;) {
        const loaded = await connection.call('load_dataset', {
          source: 'flights.csv',
          options: { dataset_id: 'flights' }
        })
        if (loaded.success === true) acknowledged = Math.max(acknowledged, Number(loaded.version))
        await connection.call('publish_dataset', { dataset_id: 'flights', format: 'csv' })
      }
    } catch {
      clearTimeout(timer)
    }
    await connection.close()
  }
  await using after = await connectStdio(workspace)
  const described = await after.call('describe_dataset', { dataset_id: 'flights' })
  if (acknowledged > 0) expect(Number(described.version)).toBeGreaterThanOrEqual(acknowledged)
  const sql = 'SELECT count(*) AS n FROM dataset'
  if (described.success === true) {
    expect(await after.call('query_dataset', { dataset_id: 'flights', sql })).toMatchObject({ rows: [{ n: 5366 }] })
  }
  expect(await after.call('ipfs_gc')).toMatchObject({ success: true })
  expect(await readdir(join(workspace.dataDir, 'scratch'))).toEqual([])
})
