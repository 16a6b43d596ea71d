import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { createWorkspace, startHttp, type Workspace } from '../helpers/processes.ts'

const ESCAPE = '\u001b'

async function withPeople(): Promise<Workspace> {
  const workspace = await createWorkspace()
  await writeFile(join(workspace.cwd, 'people.csv'), 'name,born\nAda,1815\nAlan,1912\nGrace,1906\n')
  expect((await runCli(workspace, ['call', 'load_dataset', 'source=people.csv'])).code).toBe(0)
  return workspace
}

describe('call', () => {
  test('with --json prints the envelope, reads values by the tool’s schema, and exits with 0', async () => {
    await using workspace = await createWorkspace()
    await writeFile(join(workspace.cwd, '2020'), 'a,b\n1,x\n2,y\n')
    const pairs = ['source=2020', 'format=csv', 'options={"dataset_id":"year"}']
    const loaded = await runCli(workspace, ['call', 'load_dataset', ...pairs, '--json'])
    expect([loaded.code, loaded.stderr]).toEqual([0, ''])
    expect(JSON.parse(loaded.stdout)).toMatchObject({ success: true, dataset_id: 'year', num_records: 2 })
    const sampled = await runCli(workspace, ['call', 'sample_dataset', '--json', '{"dataset_id":"year"}', 'n=1'])
    expect(JSON.parse(sampled.stdout).rows).toHaveLength(1)
  })

  test('prints rows under one another and the rest as names and values, without colours into a pipe', async () => {
    await using workspace = await withPeople()
    const sql = 'sql=SELECT * FROM dataset ORDER BY name'
    const { stdout, stderr } = await runCli(workspace, ['call', 'query_dataset', 'dataset_id=people', sql])
    expect(stdout).toContain('name   born\nAda    1815\nAlan   1912\nGrace  1906\n')
    expect(stdout).toMatch(/^total: +3$/m)
    expect([stdout.includes(ESCAPE), stderr]).toEqual([false, ''])
  })

  test('the next page is a command that can be pasted, and its last page names none', async () => {
    await using workspace = await withPeople()
    const first = [
      'call',
      'query_dataset',
      'dataset_id=people',
      "sql=SELECT name || '''s' AS n FROM dataset",
      'limit=2'
    ]
    const { stderr } = await runCli(workspace, first)
    const [, pasted = ''] = /^More: ipfs-datasets-mcp (.*)$/m.exec(stderr) ?? []
    const words = execFileSync('bash', ['-c', `printf '%s\\0' ${pasted}`], { encoding: 'utf8' })
      .split('\0')
      .slice(0, -1)
    const second = await runCli(workspace, words)
    expect(second.stdout).toContain("Grace's")
    expect([second.code, second.stderr]).toEqual([0, ''])
  })

  test('where another tool has the next page, that is named', async () => {
    await using workspace = await withPeople()
    const { stderr } = await runCli(workspace, ['call', 'duckdb_query', 'sql=SELECT * FROM people', 'page_size=2'])
    expect(stderr).toMatch(/^More: ipfs-datasets-mcp call duckdb_query_page handle_id=\S+ page_token=\S+$/m)
  })

  test('values come from files and from all parameters in one, and the last word counts', async () => {
    await using workspace = await withPeople()
    await writeFile(join(workspace.cwd, 'question.sql'), 'SELECT count(*) AS n\nFROM dataset\n')
    await writeFile(join(workspace.cwd, 'all.json'), '{"dataset_id":"nobody","limit":5}')
    const words = ['call', 'query_dataset', '@all.json', 'dataset_id=people', 'sql=@question.sql', '--json']
    expect(JSON.parse((await runCli(workspace, words)).stdout).rows).toEqual([{ n: 3 }])
  })

  test('a failure tells its code, what is wrong and the next command, and exits with 1', async () => {
    await using workspace = await withPeople()
    for (const [words, told, next] of [
      [['load_dataset', 'source=none.csv'], 'NOT_FOUND  "none.csv"', 'call list_datasets'],
      [['query_dataset', 'dataset_id=people', 'limt=5'], 'did you mean "limit"?', 'call query_dataset --help'],
      [
        ['query_dataset', 'dataset_id=people', 'sql=SELECT nam FROM dataset'],
        'name',
        'describe_dataset dataset_id=people'
      ],
      [['load_datset'], 'did you mean "load_dataset"?', 'call load_dataset --help']
    ] as const) {
      const { code, stdout, stderr } = await runCli(workspace, ['call', ...words])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain(told)
      expect(stderr).toMatch(new RegExp(`^Next: ipfs-datasets-mcp .*${next}$`, 'm'))
    }
  })

  test('with --json a failure is its envelope on standard output, and the exit code tells it', async () => {
    await using workspace = await createWorkspace()
    const failed = await runCli(workspace, ['call', 'load_dataset', 'source=none.csv', '--json'])
    expect([failed.code, failed.stderr]).toEqual([1, ''])
    expect(JSON.parse(failed.stdout)).toMatchObject({
      success: false,
      error: 'NOT_FOUND',
      retryable: false,
      request_id: expect.any(String)
    })
    const unknown = await runCli(workspace, ['call', 'load_datset', '--json'])
    expect([unknown.code, JSON.parse(unknown.stdout).error]).toEqual([1, 'TOOL_NOT_FOUND'])
    const misused = await runCli(workspace, ['tasks', 'lits', '--json'])
    expect([misused.code, JSON.parse(misused.stdout)]).toEqual([2, expect.objectContaining({ error: 'INVALID_INPUT' })])
  })

  test.each([
    [['call'], 'call list_datasets'],
    [['call', 'list_datasets', 'nonsense'], 'key=value'],
    [['call', 'list_datasets', '[1]'], 'JSON object'],
    [['call', 'list_datasets', '{"limit":'], 'JSON object'],
    [['call', 'load_dataset', 'source=a', 'options={dataset_id:1}'], 'takes JSON'],
    [['call', 'load_dataset', 'source=@none.txt'], 'it is not there'],
    [['call', 'list_datasets', '--url', 'not a url'], 'http://127.0.0.1:3002/mcp'],
    [['cal'], 'did you mean "call"?'],
    [['serve', '--transprot', 'http'], 'did you mean --transport?'],
    [['serve', '--transport', 'carrier-pigeon'], 'stdio'],
    [['serve', '--transport', 'http', '--host', '0.0.0.0'], 'TOKEN'],
    [['tools', 'show'], 'query_dataset'],
    [['p2p', 'peer'], 'did you mean "peers"?'],
    [['setup', 'cursr'], 'did you mean "cursor"?']
  ])('wrong usage exits with 2 and says what is right: %j', async (args, right) => {
    await using workspace = await createWorkspace()
    const { code, stdout, stderr } = await runCli(workspace, args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(right)
    expect(stderr).toContain('Next: ipfs-datasets-mcp')
    expect(stderr).not.toContain('    at ')
  })

  test('works on a running server, with its token from the environment only', async () => {
    await using workspace = await createWorkspace()
    const IPFS_DATASETS_MCP_TOKEN = 'a-token-of-the-tests'
    await using server = await startHttp(workspace, [], { IPFS_DATASETS_MCP_TOKEN })
    const args = ['call', 'tools_list_categories', '--json', '--url', server.url]
    const right = await runCli(workspace, args, { IPFS_DATASETS_MCP_TOKEN })
    expect(JSON.parse(right.stdout)).toMatchObject({ success: true })
    const wrong = await runCli(workspace, args, { IPFS_DATASETS_MCP_TOKEN: `${IPFS_DATASETS_MCP_TOKEN}x` })
    expect(wrong.code).toBe(1)
    expect((await runCli(workspace, ['call', 'list_datasets', '--url', 'http://127.0.0.1:9/mcp'])).stderr).toContain(
      'FETCH_FAILED'
    )
  })
})

describe('tools', () => {
  test('lists categories and tools, and shows how one is called', async () => {
    await using workspace = await createWorkspace()
    expect((await runCli(workspace, ['tools'])).stdout).toContain('dataset_tools')
    expect((await runCli(workspace, ['tools', 'ipfs_tools'])).stdout).toContain('ipfs_export_car')
    const shown = await runCli(workspace, ['tools', 'show', 'load_dataset', '--json'])
    expect(JSON.parse(shown.stdout)).toMatchObject({ name: 'load_dataset', inputSchema: { required: ['source'] } })
    expect((await runCli(workspace, ['tools', 'datset_tools'])).stderr).toContain(
      'Next: ipfs-datasets-mcp tools dataset_tools'
    )
  })
})

test('help and version print to standard output and exit with 0', async () => {
  await using workspace = await createWorkspace()
  for (const args of [
    ['--help'],
    ['call', '--help'],
    ['call', 'query_dataset', '--help'],
    ['serve', '--help'],
    ['tools', '--help'],
    ['version'],
    ['--version']
  ]) {
    const { code, stdout, stderr } = await runCli(workspace, args)
    expect([args, code, stderr, stdout.length > 5]).toEqual([args, 0, '', true])
  }
})
