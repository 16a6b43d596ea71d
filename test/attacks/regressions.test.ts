/** What the generated attacks found, each by its name. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CODEC } from '../../src/core/cid.ts'
import { openEngine } from '../../src/services/datasets/engine.ts'
import { carOf } from '../fuzz/samples.ts'
import { openRegistryArena } from './campaign.ts'

test('a gateway that is not a URL is the fault of the caller', async () => {
  await using arena = await openRegistryArena()
  const cid = 'bafkreidivzimqfqtoqxkrpge6bjyhlvxqs3rhe73owtmdulaxr5do5in7u'
  for (const gateway of ['/ip4/127.0.0.1/tcp/1', 'https:/://user:pass@017700000001:1']) {
    expect(await arena.invoke({ tool: 'get_from_ipfs', args: { cid, gateway } })).toMatchObject({
      error: 'INVALID_INPUT'
    })
  }
})

test('a malformed file node below a path is bad data, and no fault of the server', async () => {
  await using arena = await openRegistryArena()
  const { cid, car } = carOf({ codec: CODEC.dagPb, bytes: Buffer.from('0a0b0802', 'hex') })
  await writeFile(join(arena.cwd, 'bad.car'), car)
  await arena.invoke({ tool: 'ipfs_import_car', args: { path: 'bad.car', pin: false } })
  const unfinished = carOf({ codec: CODEC.dagPb, bytes: Buffer.from('0a020802', 'hex') })
  await writeFile(join(arena.cwd, 'bad.car'), unfinished.car)
  await arena.invoke({ tool: 'ipfs_import_car', args: { path: 'bad.car', pin: false } })
  for (const root of [cid, unfinished.cid]) {
    const { error } = await arena.invoke({ tool: 'ipfs_ls', args: { cid: `${root}/a/b` } })
    expect(['BAD_DATA', 'NOT_FOUND']).toContain(error)
  }
})

test('JSON nested by the ten thousand is refused, and what is nested less deeply is kept as JSON', async () => {
  await using arena = await openRegistryArena()
  const load = async (name: string, text: string) => {
    await writeFile(join(arena.cwd, name), text)
    return await arena.invoke({ tool: 'load_dataset', args: { source: name } })
  }
  const lists = (depth: number) => `[{"a":${'['.repeat(depth)}${']'.repeat(depth)}}]`
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  for (const nested of [lists, objects]) {
    expect(await load('deep.json', nested(20_000))).toMatchObject({ error: 'TOO_LARGE' })
    expect(await load('less.json', nested(300))).toMatchObject({ success: true })
  }
})

test('a list that the engine could not read back in time is not kept', async () => {
  await using arena = await openRegistryArena()
  const path = join(arena.cwd, 'lists.parquet')
  {
    await using engine = await openEngine({ memoryLimit: '128MB', threads: 1 }, arena.cwd)
    await engine.run(`COPY (SELECT ${'['.repeat(30)}1${']'.repeat(30)} AS a) TO '${path}' (FORMAT parquet)`)
  }
  expect(await arena.invoke({ tool: 'load_dataset', args: { source: 'lists.parquet' } })).toMatchObject({
    error: 'TOO_LARGE'
  })
})

test('no query reaches the functions of the engine that end the process', async () => {
  await using arena = await openRegistryArena()
  const deep = "(repeat('[', 300000) || repeat(']', 300000))"
  const calls = [
    `json_structure(${deep})`, `json_group_structure(${deep}::JSON)`, `json_contains(${deep}, '1')`, `json_merge_patch(${deep}, ${deep})`,
    `json_transform('1', ${deep})`, `json_transform_strict('1', ${deep})`, `from_json('1', ${deep})`, `from_json_strict('1', ${deep})`
  ] // biome-ignore format: a list of words
  for (const call of calls) {
    const sql = `SELECT length((${call})::VARCHAR) FROM dataset`
    expect(await arena.invoke({ tool: 'query_dataset', args: { dataset_id: 'people', sql } })).toMatchObject({
      error: 'SQL_FORBIDDEN'
    })
  }
})

test('a name with a byte order mark is the fault of the caller', async () => {
  await using arena = await openRegistryArena()
  const operations = [{ type: 'aggregate', aggregations: [{ function: 'count', as: '\ufeffx' }] }]
  const call = { tool: 'process_dataset', args: { dataset_source: 'victim', operations } }
  expect(await arena.invoke(call)).toMatchObject({ error: 'INVALID_INPUT' })
})
