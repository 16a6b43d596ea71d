/** Clients of the Python server on a whole node: its REST routes against what OpenAPI says of them, and its tool names over every wire. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { connectHttp, createWorkspace, type HttpProcess, startHttp, type Workspace } from '../helpers/processes.ts'

const ROWS = 'name,city,age\nAda,London,36\nBob,Paris,41\n'
const ajv = new Ajv2020({ strict: false, validateFormats: false })

let workspace: Workspace
let server: HttpProcess
// biome-ignore lint/suspicious/noExplicitAny: the tests look deep into the document
let document: Record<string, any>

beforeAll(async () => {
  workspace = await createWorkspace()
  server = await startHttp(workspace)
  await writeFile(join(workspace.cwd, 'people.csv'), ROWS)
  document = (await ask('GET', '/openapi.json')).value
  ajv.addSchema(document, 'api')
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await workspace[Symbol.asyncDispose]()
})

// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of many shapes
type Answered = { status: number; value: any }

async function ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answered> {
  const response = await fetch(new URL(path, server.url), {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  })
  return { status: response.status, value: await response.json() }
}

/** Holds an answer to the schema that the document has for it. */
function expectDocumented(method: string, path: string, status: number, value: unknown): void {
  const responses = Object.keys(document.paths[path]?.[method.toLowerCase()]?.responses ?? {})
  expect(responses, `${method} ${path} is documented`).toContain(status === 200 ? '200' : 'default')
  const place = [
    path,
    method.toLowerCase(),
    'responses',
    status === 200 ? '200' : 'default',
    'content',
    'application/json'
  ]
  const pointer = ['paths', ...place, 'schema'].map(part => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
  const validate = ajv.compile({ $ref: `api#/${encodeURI(pointer)}` })
  validate(value)
  expect(validate.errors ?? []).toEqual([])
}

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    expect(errors ?? []).toEqual([])
    expect(valid).toBe(true)
    expect(document.openapi).toMatch(/^3\.1\./)
  })

  test('has every tool with the very schemas that MCP has', async () => {
    const { tools } = (await ask('GET', '/tools/list')).value
    expect(tools.length).toBeGreaterThan(100)
    for (const { name, category } of tools) {
      const operation = document.paths[`/tools/execute/${name}`].post
      const { schema } = (await ask('POST', '/tools/execute/tools_get_schema', { category, tool: name })).value.result
      expect(operation.requestBody.content['application/json'].schema).toEqual(schema.parameters)
      expect(operation.responses[200].content['application/json'].schema.properties.result).toEqual(schema.returns)
    }
  })

  test('is one that a wrong answer does not fit', () => {
    expect(() => expectDocumented('GET', '/cache/stats', 200, { success: true })).toThrow()
    expect(() => expectDocumented('GET', '/cache/stats', 400, { success: false, error: 'NONE_OF_OURS' })).toThrow()
  })

  test('names each operation once', () => {
    const ids = Object.values<object>(document.paths).flatMap(path =>
      Object.values(path).map(({ operationId }) => operationId)
    )
    expect(new Set(ids).size).toBe(ids.length)
  })
})

test('a dataset goes from a file over every dataset route to a file, as the document says', async () => {
  async function post(path: string, body: object) {
    const { status, value } = await ask('POST', path, body)
    expectDocumented('POST', path, status, value)
    expect(value).toMatchObject({ success: true })
    return value
  }
  const loaded = await post('/datasets/load', { source: 'people.csv' })
  expect(loaded).toMatchObject({ dataset_id: 'people', num_records: 2 })
  const kept = await post('/datasets/process', {
    dataset_source: 'people',
    operations: [{ type: 'filter', column: 'age', condition: '>', value: 40 }],
    output_id: 'elders'
  })
  expect(kept).toMatchObject({ num_records: 1 })
  await post('/datasets/save', { dataset_data: 'elders', destination: 'elders.json' })
  expect(JSON.parse(await readFile(join(workspace.cwd, 'elders.json'), 'utf8'))).toEqual([
    { name: 'Bob', city: 'Paris', age: 41 }
  ])
  await post('/datasets/convert', { dataset_id: 'people', target_format: 'csv', output_path: 'copy.csv' })
  expect(await readFile(join(workspace.cwd, 'copy.csv'), 'utf8')).toBe(ROWS)
})

test('what is pinned is got back by its CID, and the cache is counted and cleared', async () => {
  const pinned = await ask('POST', '/ipfs/pin', { content_source: { greeting: 'hello' } })
  expectDocumented('POST', '/ipfs/pin', pinned.status, pinned.value)
  const got = await ask('GET', `/ipfs/get/${pinned.value.cid}?timeout_seconds=5`)
  expect(got.status).toBe(200)
  expectDocumented('GET', '/ipfs/get/{cid}', got.status, got.value)
  expect(JSON.stringify(got.value)).toContain('hello')

  await ask('POST', '/tools/execute/cache_set', { key: 'a', value: 1, namespace: 'old' })
  const stats = await ask('GET', '/cache/stats?namespace=old')
  expectDocumented('GET', '/cache/stats', stats.status, stats.value)
  expect(stats.value.entries).toBe(1)
  const cleared = await ask('POST', '/cache/clear', { namespace: 'old' })
  expectDocumented('POST', '/cache/clear', cleared.status, cleared.value)
  expect((await ask('GET', '/cache/stats?namespace=old')).value.entries).toBe(0)
})

test('the lists and calls without a route of their own are as the document says', async () => {
  for (const path of ['/tools/list', '/mcp/tools/list', '/openapi.json']) {
    const { status, value } = await ask('GET', path)
    expectDocumented('GET', path, status, value)
  }
  const list = await ask('POST', '/mcp/tools/list', {})
  expectDocumented('POST', '/mcp/tools/list', list.status, list.value)
  const executed = await ask('POST', '/tools/execute/tools_list_categories', {})
  expectDocumented('POST', '/tools/execute/tools_list_categories', executed.status, executed.value)
  const called = await ask('POST', '/mcp/tools/call', { name: 'tools_list_categories', arguments: {} })
  expectDocumented('POST', '/mcp/tools/call', called.status, called.value)
  await using client = await connection()
  expect((await client.listTools()).tools).toEqual(list.value.tools)
})

test.each([
  ['POST', '/datasets/load', { source: 'absent.csv' }, 404, 'NOT_FOUND'],
  ['POST', '/datasets/load', { source: '/etc/passwd' }, 403, 'PATH_FORBIDDEN'],
  ['POST', '/datasets/load', { sauce: 'people.csv' }, 400, 'INVALID_INPUT'],
  [
    'POST',
    '/datasets/process',
    { dataset_source: 'nobody', operations: [{ type: 'limit', count: 1 }] },
    404,
    'NOT_FOUND'
  ],
  ['POST', '/datasets/save', { dataset_data: 'nobody', destination: 'x.csv' }, 404, 'NOT_FOUND'],
  ['POST', '/datasets/convert', {}, 400, 'INVALID_INPUT'],
  ['POST', '/ipfs/pin', {}, 400, 'INVALID_INPUT'],
  ['POST', '/cache/clear', { namespace: 1 }, 400, 'INVALID_INPUT'],
  ['GET', '/cache/stats?who=me', undefined, 400, 'INVALID_INPUT'],
  ['GET', '/ipfs/get/nonsense', undefined, 400, 'INVALID_CID'],
  ['GET', '/ipfs/get/bafkqaaa?timeout_seconds=soon', undefined, 400, 'INVALID_INPUT'],
  ['GET', '/ipfs/get/bafkqaaa?output_path=x', undefined, 400, 'INVALID_INPUT']
] as const)('%s %s with %j is %i %s', async (method, path, body, status, error) => {
  const answer = await ask(method, path, body)
  expect(answer).toMatchObject({ status, value: { success: false, error } })
  expectDocumented(
    method,
    path.replace(/\?.*/, '').replace(/^\/ipfs\/get\/.*/, '/ipfs/get/{cid}'),
    status,
    answer.value
  )
})

test('the gateway beside the routes still answers content', async () => {
  const { value } = await ask('POST', '/tools/execute/ipfs_add', { content: 'plain words' })
  const response = await fetch(new URL(`/ipfs/${value.result.cid}`, server.url))
  expect(await response.text()).toBe('plain words')
})

async function connection() {
  const { client, close } = await connectHttp(server)
  return { listTools: () => client.listTools(), callTool: client.callTool.bind(client), [Symbol.asyncDispose]: close }
}

describe('an old name', () => {
  const advice = { error: 'TOOL_NOT_FOUND', details: { reason: 'absent', use: ['query_dataset'] } }

  test('over MCP: by itself, under its category, and inside tools_dispatch', async () => {
    const mcp = await connectHttp(server)
    for (const name of ['semantic_search', 'search_tools.semantic_search']) {
      await expect(mcp.client.callTool({ name, arguments: {} })).rejects.toMatchObject({ data: advice })
    }
    const inside = { category: 'search_tools', tool: 'semantic_search' }
    for (const [tool, args] of [
      ['tools_dispatch', inside],
      ['tools_get_schema', inside]
    ] as const) {
      expect(await mcp.call(tool, args)).toMatchObject(advice)
    }
    expect(await mcp.call('tools_list_tools', { category: 'media_tools' })).toMatchObject({
      error: 'TOOL_NOT_FOUND',
      details: { use: expect.arrayContaining(['ipfs_add']), available_categories: expect.any(Array) }
    })
    await mcp.close()
  })

  test('over REST', async () => {
    for (const name of ['semantic_search', 'search_tools.semantic_search', 'search_tools/semantic_search']) {
      expect(await ask('POST', `/tools/execute/${name}`, {})).toMatchObject({ status: 404, value: advice })
      expect(await ask('POST', '/mcp/tools/call', { name })).toMatchObject({ status: 404, value: advice })
    }
  })

  test('on the command line: called, shown, and as a category', async () => {
    await using own = await createWorkspace()
    const called = await runCli(own, ['call', 'semantic_search', 'query=cats', '--json'])
    expect(called.code).toBe(1)
    expect(JSON.parse(called.stdout)).toMatchObject(advice)
    const shown = await runCli(own, ['tools', 'show', 'search_tools.semantic_search', '--json'])
    expect(shown.code).toBe(1)
    expect(JSON.parse(shown.stdout)).toMatchObject(advice)
    const listed = await runCli(own, ['tools', 'search_tools', '--json'])
    expect(JSON.parse(listed.stdout).message).toContain('query_dataset')
  })
})
