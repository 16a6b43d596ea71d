/** A data directory on a real file system that is full. Needs the right to mount one in memory; says so where it is missing. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { silentLog } from '../../src/core/log.ts'
import { type Node, startNode } from '../../src/node.ts'
import { mountSmallDisk, unmountSmallDisk } from './small-disk.ts'

const mounted = await mountSmallDisk(3)

describe.skipIf(!mounted)('on a full disk', () => {
  let node: Node
  let cwd: string
  const disk = mounted ?? ''

  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'full-disk-work-'))
    const dataDir = join(disk, 'data')
    const config = await loadConfig({
      flags: { 'data-dir': dataDir },
      env: {},
      cwd,
      home: cwd,
      readFile: async () => ''
    })
    node = await startNode({ ...config, roots: [cwd, disk] }, { log: silentLog })
    const lines = Array.from({ length: 200_000 }, (_, index) => `${index},${Math.sin(index)},${Math.cos(index)}`)
    await writeFile(join(cwd, 'large.csv'), `id,a,b\n${lines.join('\n')}\n`)
    await writeFile(join(cwd, 'small.csv'), 'n\n1\n')
  })
  afterAll(async () => {
    await node.stop()
    await unmountSmallDisk(disk)
    await rm(cwd, { recursive: true })
  })

  const call = async (tool: string, args: Record<string, unknown>) =>
    (await node.invoke({ tool, args, evidence: { kind: 'process' } })).envelope

  test.each([
    ['loading a dataset', 'load_dataset', { source: 'large.csv' }],
    ['pinning a file', 'pin_to_ipfs', { content_source: 'large.csv' }]
  ])('%s is STORAGE_FULL, nothing is registered, and what fits still works', async (_name, tool, args) => {
    expect(await call(tool, args)).toMatchObject({ success: false, error: 'STORAGE_FULL', retryable: true })
    expect(await call('list_datasets', {})).toMatchObject({ total: 0 })
    expect(await call('ipfs_list_pins', {})).toMatchObject({ total: 0 })
    await call('ipfs_gc', {})
    expect(await call('pin_to_ipfs', { content_source: 'a small text' })).toMatchObject({ success: true })
    await call('ipfs_unpin', { cid: (await call('ipfs_add', { content: 'a small text' })).cid })
  })

  test('saving to a full disk leaves no part of the file', async () => {
    expect(await call('load_dataset', { source: 'small.csv' })).toMatchObject({ success: true })
    const padding = join(disk, 'padding')
    await writeFile(padding, new Uint8Array(3 << 20)).catch(() => {})
    const saved = await call('save_dataset', { dataset_data: 'small', destination: join(disk, 'out.csv') })
    expect(saved).toMatchObject({ success: false, error: 'STORAGE_FULL' })
    expect(await readdir(disk)).toEqual(['data', 'padding'])
    await rm(padding)
    const again = await call('save_dataset', { dataset_data: 'small', destination: join(disk, 'out.csv') })
    expect(again).toMatchObject({ success: true })
  })
})
