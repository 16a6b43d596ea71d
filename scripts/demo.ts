/**
 * The tour: one real dataset through a real server over stdio, driven by a real MCP client, from a CSV file to a content address and
 * back out of an empty second data directory. Every step prints its time and its CID; a failing step fails the command.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

const root = new URL('..', import.meta.url).pathname
const workspace = await mkdtemp(join(tmpdir(), 'ipfs-datasets-demo-'))

type Result = Record<string, unknown>

/** Connects a client to a server of its own on a data directory of its own. */
async function connect(name: string): Promise<Client> {
  const cwd = join(workspace, name)
  await mkdir(cwd)
  const client = new Client({ name: 'demo', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
  const server = [
    join(root, 'bin/ipfs-datasets-mcp.js'),
    'serve',
    '--transport',
    'stdio',
    '--data-dir',
    join(cwd, 'data')
  ]
  await client.connect(new StdioClientTransport({ command: process.execPath, args: server, cwd, stderr: 'inherit' }))
  return client
}

async function step(client: Client, title: string, tool: string, args: Result): Promise<Result> {
  const startedAt = performance.now()
  const answer = await client.callTool({ name: tool, arguments: args })
  const ms = (performance.now() - startedAt).toFixed(0)
  const result = Object(answer.structuredContent)
  if (answer.isError) throw new Error(`${title}: ${result.error}: ${result.message}`)
  console.log(`${ms.padStart(6)} ms  ${title.padEnd(34)} ${result.cid ?? ''}`)
  return result
}

/** The value, or an error that says which promise was broken. */
function expect(isTrue: boolean, promise: string): void {
  if (!isTrue) throw new Error(`Not as promised: ${promise}`)
}

try {
  const here = await connect('here')
  await copyFile(join(root, 'node_modules/vega-datasets/data/seattle-weather.csv'), join(workspace, 'here/weather.csv'))

  const loaded = await step(here, 'load a CSV file', 'load_dataset', { source: 'weather.csv' })
  const id = loaded.dataset_id
  const lines = (await readFile(join(workspace, 'here/weather.csv'), 'utf8')).trim().split(/\r?\n/).length
  expect(loaded.num_records === lines - 1, `${lines - 1} records, as the file has lines below its header`)

  const described = await step(here, 'describe its columns', 'describe_dataset', { dataset_id: id })
  console.log(
    `           ${(described.schema as { name: string; type: string }[]).map(({ name, type }) => `${name} ${type}`).join(', ')}`
  )

  const sql =
    'SELECT weather, count(*) AS days, round(avg(temp_max), 1) AS temp_max FROM dataset GROUP BY weather ORDER BY days DESC'
  const answer = await step(here, 'ask it a question in SQL', 'query_dataset', { dataset_id: id, sql })
  for (const row of answer.rows as Result[]) console.log(`           ${JSON.stringify(row)}`)

  const wet = await step(here, 'keep the days with rain', 'process_dataset', {
    dataset_source: id,
    operations: [{ type: 'filter', column: 'precipitation', condition: '>', value: 0 }],
    output_id: 'wet_days'
  })
  expect(Number(wet.num_records) > 0 && Number(wet.num_records) < lines, 'a filter keeps some records')

  await step(here, 'convert them to Parquet', 'convert_dataset_format', {
    dataset_id: 'wet_days',
    target_format: 'parquet',
    output_path: 'wet.parquet'
  })
  const published = await step(here, 'publish with lineage', 'publish_dataset', {
    dataset_id: 'wet_days',
    format: 'parquet'
  })
  await step(here, 'export a CAR', 'ipfs_export_car', { cid: published.cid, output_path: 'wet.car' })
  await step(here, 'keep the published bytes', 'get_from_ipfs', {
    cid: published.data_cid,
    output_path: 'published.parquet'
  })
  await here.close()

  const there = await connect('there')
  await copyFile(join(workspace, 'here/wet.car'), join(workspace, 'there/wet.car'))
  await step(there, 'import it into an empty directory', 'ipfs_import_car', { path: 'wet.car', pin: true })
  await step(there, 'list what the CID holds', 'ipfs_ls', { cid: published.cid })
  await step(there, 'read the data by its CID', 'get_from_ipfs', {
    cid: published.data_cid,
    output_path: 'read.parquet'
  })
  const again = await step(there, 'load it by its CID', 'load_dataset', {
    source: `ipfs://${published.data_cid}`,
    format: 'parquet'
  })
  expect(again.num_records === wet.num_records, 'the same number of records after the journey')
  await there.close()

  const [sent, received] = await Promise.all([
    readFile(join(workspace, 'here/published.parquet')),
    readFile(join(workspace, 'there/read.parquet'))
  ])
  expect(sent.length > 0 && sent.equals(received), 'the same bytes on both sides')
  console.log(`The ${sent.length} bytes read by CID on the other side are the bytes that were published.`)
} catch (error) {
  console.error(`The demo failed. ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  await rm(workspace, { recursive: true, force: true })
}
