/** The direct way from a file to a CAR gives what the packages of the field give for the same file. */
import { CarReader } from '@ipld/car'
import fc from 'fast-check'
import { importer } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'
import { describe, expect, test } from 'vitest'
import { verifyBlock } from '../../../src/core/cid.ts'
import { type PackOptions, type PackSink, type PackSource, packFile } from '../../../src/domain/car/pack-file.ts'
import { createFileTree } from '../../../src/domain/unixfs/file-tree.ts'
import { noise } from '../../suites/blocks/content.ts'

const KIB = 1024

function sourceOf(content: Uint8Array): PackSource {
  return {
    sizeBytes: content.byteLength,
    async readInto(buffer, position) {
      const part = content.subarray(position, position + buffer.byteLength)
      buffer.set(part)
      return part.byteLength
    }
  }
}

/** Takes its copy late, as a disk does: what is changed under a write would show. */
function createSink() {
  let bytes = Buffer.alloc(0)
  let isWriting = false
  const sink: PackSink = {
    async write(parts) {
      if (isWriting) throw new Error('A write began before the one before had ended')
      isWriting = true
      await new Promise(resolve => setImmediate(resolve))
      bytes = Buffer.concat([bytes, ...parts])
      isWriting = false
    },
    async rewrite(position, part) {
      bytes.set(part, position)
    }
  }
  return { sink, bytes: () => bytes }
}

async function packed(content: Uint8Array, options: PackOptions) {
  const { sink, bytes } = createSink()
  const root = await packFile(sourceOf(content), sink, options)
  const car = await CarReader.fromBytes(bytes())
  const blocks = new Map<string, Uint8Array>()
  let sections = 0
  for await (const block of car.blocks()) {
    verifyBlock(block.cid, block.bytes)
    blocks.set(block.cid.toString(), block.bytes)
    sections++
  }
  expect(sections).toBe(blocks.size)
  expect((await car.getRoots()).map(String)).toEqual([root.toString()])
  return { root: root.toString(), blocks }
}

async function imported(content: Uint8Array, chunkSize: number, maxChildrenPerNode: number) {
  const blocks = new Map<string, Uint8Array>()
  const put = async (cid: CID, value: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
    blocks.set(cid.toString(), value instanceof Uint8Array ? value : Buffer.concat(await Array.fromAsync(value)))
    return cid
  }
  let root = ''
  const entries = importer(
    [{ content: [content] }],
    { put },
    {
      cidVersion: 1,
      rawLeaves: true,
      reduceSingleLeafToSelf: true,
      chunker: fixedSize({ chunkSize }),
      layout: balanced({ maxChildrenPerNode })
    }
  )
  for await (const { cid } of entries) root = cid.toString()
  return { root, blocks }
}

async function expectTheSame(content: Uint8Array, chunkBytes: number, maxLinks: number): Promise<void> {
  const ours = await packed(content, { chunkBytes, maxLinks })
  const theirs = await imported(content, chunkBytes, maxLinks)
  expect(ours.root).toBe(theirs.root)
  expect([...ours.blocks.keys()].sort()).toEqual([...theirs.blocks.keys()].sort())
  for (const [cid, bytes] of ours.blocks) expect(Buffer.compare(bytes, theirs.blocks.get(cid) ?? Buffer.of())).toBe(0)
}

describe('a file packed into a CAR has the root and the blocks of the stock importer', () => {
  test.each([256 * KIB, 1024 * KIB])('around the edges of chunks of %i bytes', async chunk => {
    const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 2 * chunk + 1, 4 * chunk, 5 * chunk + 7]
    for (const size of sizes) await expectTheSame(noise(size), chunk, 174)
  })

  test.each([174, 1024])('around the edges of nodes of %i links', async width => {
    const chunk = 16
    for (const leaves of [width - 1, width, width + 1, 2 * width]) {
      for (const more of [-1, 0, 1]) await expectTheSame(noise(leaves * chunk + more), chunk, width)
    }
  })

  test('around the edges of every level', async () => {
    for (const width of [2, 3, 5]) {
      for (let levels = 1; levels <= 5; levels++) {
        for (const more of [-4, -3, 0, 1, 3, 4, 5]) await expectTheSame(noise(width ** levels * 4 + more), 4, width)
      }
    }
  })

  test('with a chunk that has the bytes of a node', async () => {
    const chunk = 99
    const pair = noise(2 * chunk)
    const tree = createFileTree({ maxLinks: 2 })
    tree.add(pair.subarray(0, chunk))
    const node = tree.add(pair.subarray(chunk)).at(-1)?.bytes ?? Buffer.of()
    expect(node.byteLength).toBe(chunk)
    await expectTheSame(Buffer.concat([pair, node]), chunk, 2)
  })

  test('of any size, chunk and width, with chunks that come again', async () => {
    const inputs = fc.record({
      chunk: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 2, max: 12 }),
      pieces: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }),
      order: fc.array(fc.nat(3), { maxLength: 120 })
    })
    await fc.assert(
      fc.asyncProperty(inputs, async ({ chunk, width, pieces, order }) => {
        const content = Buffer.concat(order.map(at => pieces[at % pieces.length] ?? Buffer.of()))
        await expectTheSame(content, chunk, width)
      }),
      { numRuns: 200 }
    )
  })
})

describe('packing ends', () => {
  const content = noise(5 * KIB * KIB)

  test('with what the source throws', async () => {
    const source = sourceOf(content)
    const cut: PackSource = {
      ...source,
      readInto: (buffer, position) =>
        position > 2 * KIB * KIB ? Promise.reject(new Error('cut')) : source.readInto(buffer, position)
    }
    await expect(packFile(cut, createSink().sink)).rejects.toThrow('cut')
  })

  test('with what the sink throws, at the first write and at a later one', async () => {
    for (const failing of [1, 3]) {
      let writes = 0
      const { sink } = createSink()
      const full: PackSink = {
        ...sink,
        write: parts => (++writes === failing ? Promise.reject(new Error('full')) : sink.write(parts))
      }
      await expect(packFile(sourceOf(content), full)).rejects.toThrow('full')
    }
  })

  test('with the reason of the signal, and the sink is left alone from then on', async () => {
    const controller = new AbortController()
    const { sink, bytes } = createSink()
    const onProgress = (done: number) => {
      if (done >= 2 * KIB * KIB) controller.abort(new Error('enough'))
    }
    await expect(packFile(sourceOf(content), sink, { signal: controller.signal, onProgress })).rejects.toThrow('enough')
    const size = bytes().length
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(bytes().length).toBe(size)
    expect(size).toBeLessThan(content.length)
  })
})
