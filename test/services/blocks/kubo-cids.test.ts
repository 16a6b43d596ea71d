import { describe, expect, test } from 'vitest'
import type { DirectoryEntry } from '../../../src/services/blocks/api.ts'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { CASES, type Case, nameOf } from '../../fixtures/kubo/cases.ts'
import known from '../../fixtures/kubo/known.json' with { type: 'json' }
import { fileOf, isTree, treeOf } from '../../fixtures/kubo/sources.ts'
import { collect, failing, stream } from '../../suites/blocks/content.ts'

const cids: Record<string, string> = known.cids

async function openStore() {
  const blocks = createBlocks()
  await blocks.start()
  return { blocks, [Symbol.asyncDispose]: () => blocks.stop() }
}

function entriesOf(source: string): DirectoryEntry[] {
  return treeOf(source).map(entry => ('bytes' in entry ? { path: entry.path, content: [entry.bytes] } : entry))
}

async function importCase({ source, options }: Case) {
  await using store = await openStore()
  const added = isTree(source)
    ? await store.blocks.addDirectory(entriesOf(source), options)
    : await store.blocks.addFile(stream(fileOf(source), 50_001), options)
  // Complete: a pin demands every block.
  await store.blocks.pin(added.cid)
  if (!isTree(source)) {
    expect((await collect(store.blocks.cat(added.cid))).equals(fileOf(source))).toBe(true)
  }
  return String(added.cid)
}

describe('the CID of Kubo', () => {
  test('is known for as many cases as are tried, and at least a hundred', () => {
    expect(Object.keys(cids).sort()).toEqual(CASES.map(nameOf).sort())
    expect(Object.keys(cids).length).toBeGreaterThanOrEqual(100)
  })

  test.each(CASES.map(each => [nameOf(each), each] as const))('is ours: %s', async (name, each) => {
    expect(await importCase(each)).toBe(cids[name])
  })
})

describe('options that Kubo refuses', () => {
  test.each([
    { chunker: 'size-0' },
    { chunker: 'size-2096897' },
    { chunker: 'size-1-2' },
    { chunker: 'rabin-15-32-64' },
    { chunker: 'rabin-64-32-128' },
    { chunker: 'rabin-1-2' },
    { chunker: 'rabin-1400000' },
    { chunker: 'buzhash-5' },
    { chunker: 'fastcdc' },
    { cidVersion: 0, hashAlgo: 'sha2-512' },
    { mode: 0o644, rawLeaves: true }
  ] as const)('are refused here as well: %j', async options => {
    await using store = await openStore()
    await expect(store.blocks.addFile([Buffer.from('x')], options)).rejects.toEqual(failing('INVALID_INPUT'))
  })
})
