import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { createWorkspace, startHttp } from '../helpers/processes.ts'

describe('call', () => {
  test('prints the result as JSON, reads values by the tool’s schema, and exits with 0', async () => {
    await using workspace = await createWorkspace()
    await writeFile(join(workspace.cwd, '2020'), 'a,b\n1,x\n2,y\n')
    const loaded = await runCli(workspace, [
      'call',
      'load_dataset',
      'source=2020',
      'format=csv',
      'options={"dataset_id":"year"}'
    ])
    expect(loaded.code).toBe(0)
    expect(JSON.parse(loaded.stdout)).toMatchObject({ success: true, dataset_id: 'year', num_records: 2 })
    const sampled = await runCli(workspace, ['call', 'sample_dataset', '--json', '{"dataset_id":"year"}', 'n=1'])
    expect(JSON.parse(sampled.stdout).rows).toHaveLength(1)
  })

  test('a tool error exits with 1 and one line of JSON on standard error', async () => {
    await using workspace = await createWorkspace()
    const { code, stdout, stderr } = await runCli(workspace, ['call', 'load_dataset', 'source=none.csv'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(stderr)).toMatchObject({ error: 'NOT_FOUND', retryable: false, request_id: expect.any(String) })
  })

  test.each([
    [['call']],
    [['call', 'list_datasets', 'nonsense']],
    [['call', 'list_datasets', '--json', '[1]']],
    [['call', 'list_datasets', '--url', 'not a url']],
    [['cal']],
    [['serve', '--transprot', 'http']],
    [['serve', '--transport', 'carrier-pigeon']],
    [['serve', '--transport', 'http', '--host', '0.0.0.0']],
    [['tools', 'show']]
  ])('wrong usage exits with 2 and says what is right: %j', async args => {
    await using workspace = await createWorkspace()
    const { code, stdout, stderr } = await runCli(workspace, args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).not.toBe('')
    expect(stderr).not.toContain('    at ')
  })

  test('works on a running server, with its token from the environment only', async () => {
    await using workspace = await createWorkspace()
    const IPFS_DATASETS_MCP_TOKEN = 'a-token-of-the-tests'
    await using server = await startHttp(workspace, [], { IPFS_DATASETS_MCP_TOKEN })
    const args = ['call', 'tools_list_categories', '--url', server.url]
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
    expect((await runCli(workspace, ['tools', 'datset_tools'])).stderr).toContain('dataset_tools')
  })
})

test('help and version print to standard output and exit with 0', async () => {
  await using workspace = await createWorkspace()
  for (const args of [
    ['--help'],
    ['call', '--help'],
    ['serve', '--help'],
    ['tools', '--help'],
    ['version'],
    ['--version']
  ]) {
    const { code, stdout, stderr } = await runCli(workspace, args)
    expect([args, code, stderr, stdout.length > 5]).toEqual([args, 0, '', true])
  }
})
