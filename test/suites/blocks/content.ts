/** Content for tests of blocks, and what is known about it. */
import { expect } from 'vitest'
import type { Blocks } from '../../../src/services/blocks/api.ts'

export interface BlocksUnderTest extends AsyncDisposable {
  blocks: Blocks
}

/** A store of its own, started and empty. */
export type CreateBlocks = () => Promise<BlocksUnderTest>

export const HELLO = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
export const EMPTY_FILE = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
export const EMPTY_DIRECTORY = 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354'
export const CHUNK = 256 * 1024

export const text = (content: string) => [Buffer.from(content)]

/** Bytes that differ everywhere, the same on every run. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length)
  let state = seed
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(source))
}

export async function* stream(bytes: Uint8Array, step = 65_536) {
  for (let start = 0; start < bytes.byteLength; start += step) yield bytes.subarray(start, start + step)
}

export const failing = (code: string) => expect.objectContaining({ code })
export const countOf = async (blocks: Blocks) => {
  const { removedBlocks, keptBlocks } = await blocks.gc({ dryRun: true })
  return removedBlocks + keptBlocks
}
