/** The same story over every transport and both protocol eras, with the real program and a real client. */
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type Connection,
  connectHttp,
  connectStdio,
  createWorkspace,
  DATASETS,
  type Era,
  startHttp,
  type Workspace
} from '../helpers/processes.ts'

const ways: [transport: 'stdio' | 'http', era: Era][] = [
  ['stdio', 'modern'],
  ['stdio', 'legacy'],
  ['http', 'modern'],
  ['http', 'legacy']
]

async function over(
  transport: 'stdio' | 'http',
  era: Era,
  story: (connection: Connection, workspace: Workspace) => Promise<void>
) {
  await using workspace = await createWorkspace()
  await copyFile(join(DATASETS, 'seattle-weather.csv'), join(workspace.cwd, 'weather.csv'))
  if (transport === 'stdio') {
    await using connection = await connectStdio(workspace, era)
    await story(connection, workspace)
  } else {
    await using server = await startHttp(workspace)
    await using connection = await connectHttp(server, era)
    await story(connection, workspace)
  }
}

describe.each(ways)('over %s in the %s era', (transport, era) => {
  test('a dataset is loaded, queried, filtered, published and read back by its CID', () =>
    over(transport, era, async ({ client, call }, { cwd }) => {
      const { tools } = await client.listTools()
      expect(tools.map(tool => tool.name)).toEqual([
        'tools_search',
        'tools_list_categories',
        'tools_list_tools',
        'tools_get_schema',
        'tools_dispatch'
      ])

      const loaded = await call('load_dataset', { source: 'weather.csv' })
      expect(loaded).toMatchObject({ success: true, num_records: 1461, version: 1 })

      const sql = "SELECT count(*) AS n FROM dataset WHERE weather = 'snow'"
      const direct = await call('query_dataset', { dataset_id: loaded.dataset_id, sql })
      expect(direct.rows).toEqual([{ n: 26 }])
      const params = { dataset_id: loaded.dataset_id, sql }
      const dispatched = await call('tools_dispatch', { category: 'dataset_tools', tool: 'query_dataset', params })
      expect({ ...dispatched, request_id: '' }).toEqual({ ...direct, request_id: '' })

      await call('process_dataset', {
        dataset_source: loaded.dataset_id,
        operations: [{ type: 'filter', column: 'weather', condition: '==', value: 'snow' }],
        output_id: 'snow'
      })
      const published = await call('publish_dataset', { dataset_id: 'snow', format: 'csv' })
      expect(published).toMatchObject({ success: true })
      await call('get_from_ipfs', { cid: published.data_cid, output_path: 'snow.csv' })
      const lines = (await readFile(join(cwd, 'snow.csv'), 'utf8')).trim().split('\n')
      expect(lines).toHaveLength(27)
      expect(lines.slice(1).every(line => line.endsWith('snow'))).toBe(true)
    }))

  test('a failing call is a result with isError, and the server lives on', () =>
    over(transport, era, async ({ client, call }) => {
      const failing = await client.callTool({ name: 'load_dataset', arguments: { source: '../../etc/passwd' } })
      expect(failing.isError).toBe(true)
      expect(failing.structuredContent).toMatchObject({ success: false, error: 'PATH_FORBIDDEN', retryable: false })
      expect(await call('list_datasets')).toMatchObject({ success: true, total: 0 })
    }))
})
