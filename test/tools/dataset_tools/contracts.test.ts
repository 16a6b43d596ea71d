import { describe, expect, test } from 'vitest'
import { datasetTools } from '../../../src/tools/dataset_tools/index.ts'

const inputOf = (name: string) => {
  const tool = datasetTools.tools.find(tool => tool.name === name)
  if (!tool) throw new Error(`no tool ${name}`)
  return tool.input
}

describe('inputs outside of the contract are refused', () => {
  test.each([
    ['load_dataset', {}],
    ['load_dataset', { source: 5 }],
    ['load_dataset', { source: 'a.csv', formt: 'csv' }],
    ['load_dataset', { source: 'a.csv', options: { delimiter: '::' } }],
    ['load_dataset', { source: [] }],
    ['save_dataset', { dataset_data: { rows: [] }, destination: 'x.csv' }],
    ['process_dataset', { dataset_source: 'a', operations: [] }],
    ['process_dataset', { dataset_source: 'a', operations: [{ type: 'explode' }] }],
    ['process_dataset', { dataset_source: 'a', operations: [{ type: 'limit', count: -1 }] }],
    ['process_dataset', { dataset_source: 'a', operations: [{ type: 'select', columns: [] }] }],
    ['query_dataset', { dataset_id: 'a', sql: '' }],
    ['query_dataset', { dataset_id: '../a', sql: 'SELECT 1' }],
    ['query_dataset', { dataset_id: 'a', sql: 'SELECT 1', limit: 100_000 }],
    ['split_dataset', { dataset_id: 'a', ratios: { '../x': 0.5, b: 0.5 } }],
    ['publish_dataset', { dataset_id: 'a', version: 0 }]
  ])('%s %j', (name, input) => {
    expect(inputOf(name).safeParse(input).success).toBe(false)
  })
})

test('a map operation with code is understood, so that it can be refused with the way out', async () => {
  const tool = datasetTools.tools.find(({ name }) => name === 'process_dataset')
  const input = tool?.input.parse({ dataset_source: 'a', operations: [{ type: 'map', function: 'lambda x: x' }] })
  // The refusal comes before any service is asked.
  const running = (async () => tool?.run(input, {} as never))()
  await expect(running).rejects.toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('"sql"') })
})
