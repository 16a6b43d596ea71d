/** Resources, prompts and completion as a client meets them, in both eras and over both transports. */
import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type Connection,
  connectHttp,
  connectStdio,
  createWorkspace,
  type Era,
  startHttp,
  type Workspace
} from '../helpers/processes.ts'

const PEOPLE = 'name,city,age\nAda,London,36\nGrace,New York,85\nAlan,London,41\n'

async function readText({ client }: Connection, uri: string): Promise<string> {
  const { contents } = await client.readResource({ uri })
  const [content] = contents
  return content && 'text' in content ? content.text : ''
}

async function add({ call }: Connection, { cwd }: Workspace, content: Uint8Array): Promise<string> {
  await writeFile(join(cwd, 'file.bin'), content)
  return String((await call('ipfs_add', { path: 'file.bin' })).cid)
}

describe.each<[string, Era]>([
  ['2026-07-28', 'modern'],
  ['2025-11-25', 'legacy']
])('%s', (_version, era) => {
  test('a dataset is listed, read with schema and sample, and its name completed', async () => {
    await using workspace = await createWorkspace()
    await writeFile(join(workspace.cwd, 'people.csv'), PEOPLE)
    await using connection = await connectStdio(workspace, era)
    const { client, call } = connection
    const loaded = await call('load_dataset', { source: 'people.csv' })
    const { resources } = await client.listResources()
    expect(resources).toMatchObject([{ uri: 'dataset://people', name: 'people', mimeType: 'application/json' }])
    const read = JSON.parse(await readText(connection, 'dataset://people'))
    expect(read).toMatchObject({ dataset_id: 'people', num_records: 3, cid: loaded.cid, sample_truncated: false })
    expect(read.schema.map(({ name }: { name: string }) => name)).toEqual(['name', 'city', 'age'])
    expect(read.sample).toHaveLength(3)
    const { completion } = await client.complete({
      ref: { type: 'ref/prompt', name: 'answer_with_sql' },
      argument: { name: 'dataset_id', value: 'pe' }
    })
    expect(completion).toMatchObject({ values: ['people'], hasMore: false })
  })

  test('a file by CID comes as text or as bytes, whole or a range of it', async () => {
    await using workspace = await createWorkspace()
    await using server = await startHttp(workspace)
    await using connection = await connectHttp(server, era)
    const text = await add(connection, workspace, Buffer.from('hello wörld'))
    expect(await readText(connection, `ipfs://${text}`)).toBe('hello wörld')
    expect(await readText(connection, `ipfs://${text}?offset=6&length=3`)).toBe('wö')
    const { contents: cut } = await connection.client.readResource({ uri: `ipfs://${text}?offset=6&length=2` })
    expect(cut).toMatchObject([{ blob: Buffer.from('wö').subarray(0, 2).toString('base64') }])
    expect(await readText(connection, `ipfs://${text}?offset=99`)).toBe('')
    const bytes = randomBytes(2000)
    const { contents } = await connection.client.readResource({
      uri: `ipfs://${await add(connection, workspace, bytes)}`
    })
    expect(contents).toMatchObject([{ mimeType: 'application/octet-stream', blob: bytes.toString('base64') }])
  })

  test('a file beyond the budget is refused with the tool that reads it in parts, and a range of it is read', async () => {
    await using workspace = await createWorkspace()
    await using connection = await connectStdio(workspace, era)
    const uri = `ipfs://${await add(connection, workspace, Buffer.alloc(300 * 1024, 'a'))}`
    await expect(connection.client.readResource({ uri })).rejects.toThrow(/ipfs_cat with offset/)
    expect(await readText(connection, `${uri}?offset=${300 * 1024 - 5}`)).toBe('aaaaa')
  })

  test('a directory is read by path, and itself refused with the tool that lists it', async () => {
    await using workspace = await createWorkspace()
    await mkdir(join(workspace.cwd, 'folder'))
    await writeFile(join(workspace.cwd, 'folder', 'a b.txt'), 'inside')
    await using connection = await connectStdio(workspace, era)
    const { cid } = await connection.call('pin_to_ipfs', { content_source: 'folder' })
    expect(await readText(connection, `ipfs://${cid}/a%20b.txt`)).toBe('inside')
    await expect(connection.client.readResource({ uri: `ipfs://${cid}` })).rejects.toThrow(/ipfs_ls/)
    const { completion } = await connection.client.complete({
      ref: { type: 'ref/resource', uri: 'ipfs://{cid}' },
      argument: { name: 'cid', value: String(cid).slice(0, 12) }
    })
    expect(completion.values).toEqual([cid])
  })

  test('what is not there or leads elsewhere is an error, not an empty answer', async () => {
    await using workspace = await createWorkspace()
    await using connection = await connectStdio(workspace, era)
    await expect(connection.client.readResource({ uri: 'dataset://nobody' })).rejects.toMatchObject({ code: -32602 })
    await expect(connection.client.readResource({ uri: 'file:///etc/passwd' })).rejects.toMatchObject({ code: -32602 })
  })

  test('prompts are listed with their arguments, and answer a message that holds what was given', async () => {
    await using workspace = await createWorkspace()
    await using connection = await connectStdio(workspace, era)
    const { client } = connection
    const { prompts } = await client.listPrompts()
    expect(prompts.map(({ name }) => name)).toEqual([
      'explore_file',
      'answer_with_sql',
      'clean_and_publish',
      'verify_published'
    ])
    expect(prompts[2]?.arguments?.map(({ name, required }) => [name, required])).toEqual([
      ['source', true],
      ['rules', false]
    ])
    const { messages } = await client.getPrompt({ name: 'explore_file', arguments: { source: 'people.csv' } })
    expect(messages).toMatchObject([{ role: 'user', content: { text: expect.stringContaining('"people.csv"') } }])
    await expect(client.getPrompt({ name: 'explore_file' })).rejects.toMatchObject({ code: -32602 })
    await expect(client.getPrompt({ name: 'load_dataset' })).rejects.toMatchObject({ code: -32602 })
  })
})

test('more datasets than fit on a page are all listed, each once, page by page', async () => {
  await using workspace = await createWorkspace()
  await using connection = await connectStdio(workspace)
  const ids = Array.from({ length: 103 }, (_, index) => `d${String(index).padStart(3, '0')}`)
  for (const dataset_id of ids) await connection.call('load_dataset', { source: [{ x: 1 }], options: { dataset_id } })
  const { client } = connection
  const names: string[] = []
  let cursor: string | undefined
  do {
    const page = await client.request({ method: 'resources/list', params: cursor === undefined ? {} : { cursor } })
    names.push(...page.resources.map(({ name }) => name))
    cursor = page.nextCursor
  } while (cursor !== undefined)
  expect(names).toEqual(ids)
  const { completion } = await client.complete({
    ref: { type: 'ref/resource', uri: 'dataset://{dataset_id}' },
    argument: { name: 'dataset_id', value: 'd' }
  })
  expect(completion).toMatchObject({ values: ids.slice(0, 100), hasMore: true })
})

test('a second server on the data directory reads through the first', async () => {
  await using workspace = await createWorkspace()
  await writeFile(join(workspace.cwd, 'people.csv'), PEOPLE)
  await using owner = await connectStdio(workspace)
  await owner.call('load_dataset', { source: 'people.csv' })
  await using second = await connectStdio(workspace, 'legacy')
  expect(JSON.parse(await readText(second, 'dataset://people'))).toMatchObject({ num_records: 3 })
  expect((await second.client.getPrompt({ name: 'explore_file', arguments: { source: 'x' } })).messages).toHaveLength(1)
})

test('what stands behind prompts and resources is in no list of tools', async () => {
  await using workspace = await createWorkspace()
  await using connection = await connectStdio(workspace, 'modern', ['--expose', 'flat'])
  const names = (await connection.client.listTools()).tools.map(({ name }) => name)
  expect(names).toContain('load_dataset')
  for (const name of ['read_resource', 'explore_file', 'complete_argument']) expect(names).not.toContain(name)
  for (const answer of [
    await connection.call('tools_list_categories'),
    await connection.call('tools_search', { query: 'explore a file prompt', limit: 50 })
  ]) {
    expect(JSON.stringify(answer)).not.toMatch(/"prompts"|"resources"|explore_file/)
  }
})
