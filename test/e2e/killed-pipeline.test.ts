/** JSON Lines → filter → Parquet → CAR, with a real server that is killed while each step writes. */
import { readdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type Connection,
  connectHttp,
  createWorkspace,
  end,
  type Result,
  startHttp,
  type Workspace
} from '../helpers/processes.ts'

const ROWS = 20_000
const FILTER = { type: 'filter', column: 'city', condition: '==', value: 'c3' }

interface Step {
  tool: string
  args: Result
  /** The file that it makes, if it makes one. */
  makes?: string
  /** Too short for a kill to come surely between its beginning and its end. */
  isShort?: boolean
}

const steps: Step[] = [
  { tool: 'load_dataset', args: { source: 'rows.jsonl', options: { dataset_id: 'rows' } } },
  { tool: 'process_dataset', args: { dataset_source: 'rows', operations: [FILTER], output_id: 'kept' } },
  { tool: 'save_dataset', args: { dataset_data: 'kept', destination: 'kept.parquet' }, makes: 'kept.parquet' },
  // Long enough to be killed within, and small as a CAR: it is one chunk over and over.
  { tool: 'ipfs_export_car', args: { path: 'zeros', output_path: 'zeros.car' }, makes: 'zeros.car' },
  {
    tool: 'ipfs_export_car',
    args: { path: 'kept.parquet', output_path: 'kept.car' },
    makes: 'kept.car',
    isShort: true
  }
]

async function prepare(): Promise<Workspace> {
  const workspace = await createWorkspace()
  const lines = Array.from({ length: ROWS }, (_, id) =>
    JSON.stringify({ id, city: `c${id % 6}`, value: Math.sin(id), text: 'x'.repeat(150) + id * 7919 })
  )
  await writeFile(join(workspace.cwd, 'rows.jsonl'), `${lines.join('\n')}\n`)
  await writeFile(join(workspace.cwd, 'zeros'), '')
  await truncate(join(workspace.cwd, 'zeros'), 512 * 1024 * 1024)
  return workspace
}

/** Work with a server of its own, which is killed in the end. */
async function withServer<T>(workspace: Workspace, work: (connection: Connection) => Promise<T>): Promise<T> {
  await using server = await startHttp(workspace)
  await using connection = await connectHttp(server)
  try {
    return await work(connection)
  } finally {
    await end(server.child, 'SIGKILL')
  }
}

/** Makes the call and answers what it stands for: a CID that depends on the data alone, or the size where there is none. */
async function make({ call }: Connection, { tool, args }: Step): Promise<unknown> {
  const { success, data_cid, cid, size_bytes, message } = await call(tool, args)
  expect(success, `${tool}: ${message}`).toBe(true)
  return data_cid ?? cid ?? size_bytes
}

/** Names of what is being written: outputs and the scratch directories of datasets. */
async function partials({ cwd, dataDir }: Workspace): Promise<string[]> {
  const scratch = await readdir(join(dataDir, 'datasets/scratch')).catch(() => [])
  return [...scratch, ...(await readdir(cwd)).filter(name => name.endsWith('.partial'))]
}

/** Kills the server as soon as the step writes. Answers what the step did, if it was faster. */
async function interrupt(workspace: Workspace, step: Step): Promise<unknown> {
  const before = new Set(await partials(workspace))
  return withServer(workspace, async connection => {
    const made = make(connection, step).catch(() => undefined)
    let isOver = false
    void made.then(() => {
      isOver = true
    })
    while (!isOver && (await partials(workspace)).every(name => before.has(name)));
    return isOver ? made : undefined
  })
}

test('a step that is killed shows no part of its result, and the step again gives the same CID', async () => {
  await using undisturbed = await prepare()
  const expected: unknown[] = []
  await withServer(undisturbed, async connection => {
    for (const step of steps) expected.push(await make(connection, step))
  })

  await using workspace = await prepare()
  let kills = 0
  for (const [index, step] of steps.entries()) {
    const early = step.isShort ? undefined : await interrupt(workspace, step)
    const makes = steps.slice(0, early === undefined ? index : index + 1).flatMap(made => made.makes ?? [])
    const visible = (await readdir(workspace.cwd)).filter(name => !name.startsWith('.'))
    expect(visible.sort()).toEqual(['data', 'rows.jsonl', 'zeros', ...makes].sort())
    if (early === undefined && !step.isShort) kills++
    await withServer(workspace, async connection => {
      const datasets = Math.min(2, early === undefined ? index : index + 1)
      expect(await connection.call('list_datasets')).toMatchObject({ total: datasets })
      expect(early ?? (await make(connection, step))).toBe(expected[index])
    })
  }
  expect(kills).toBeGreaterThan(0)
}, 120_000)
