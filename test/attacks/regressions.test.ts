/** What the generated attacks found, each by its name. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CODEC } from '../../src/core/cid.ts'
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
