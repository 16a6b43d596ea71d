/**
 * A CARv1 that proves an answer: the blocks that lead along a path, then those of what it names, each once, in the order in which
 * a reader meets them. What the scopes mean is said at https://specs.ipfs.tech/http-gateways/trustless-gateway/.
 */
import { type CID, CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { carHeader, sectionHead } from '../../domain/car/frame.ts'
import type { CarPartOptions } from './api.ts'
import { isKnownCodec, linksOf } from './codecs.ts'
import { resolveBlock } from './resolve.ts'
import { keyOf } from './storage.ts'
import type { Operation, Store } from './store.ts'
import { entriesOf, openEntry, translate } from './unixfs.ts'
import { unfollowable, walk } from './walk.ts'

export function exportCarPart(
  store: Store,
  root: CID,
  path: readonly string[] = [],
  options: CarPartOptions = {}
): AsyncIterable<Uint8Array> {
  return store.iterate([root], options.signal, operation => sections(operation, root, path, options))
}

async function* sections(
  operation: Operation,
  root: CID,
  path: readonly string[],
  { scope = 'all', from = 0, to }: CarPartOptions
): AsyncGenerator<Uint8Array> {
  const { reading, read } = recordReads(operation)
  const target = await resolveBlock(reading, root, path)
  yield carHeader(target)
  await reading.read(target)
  yield* read()
  for await (const _ of stepsThrough(reading, target, scope, from, to)) yield* read()
  yield* read()
}

/** Reads what the scope covers; each step is a moment to send what was read. */
async function* stepsThrough(
  operation: Operation,
  target: CID,
  scope: NonNullable<CarPartOptions['scope']>,
  from: number,
  to: number | undefined
): AsyncGenerator<unknown> {
  if (scope === 'block') return
  if (scope === 'all') {
    yield* walk([target], async cid => {
      if (!isKnownCodec(cid)) throw unfollowable(cid)
      const bytes = await operation.read(cid)
      return cid.code === CODEC.raw ? [] : linksOf(cid, bytes)
    })
    return
  }
  if (target.code !== CODEC.dagPb) return
  const entry = await openEntry(operation, target)
  if (entry.type === 'directory') yield* entriesOf(operation, entry)
  if (entry.type !== 'file') return
  const { offset, length } = rangeOf(Number(entry.size), from, to)
  try {
    // One block at a time, so that they come in their order.
    if (length > 0) yield* entry.content({ offset, length, blockReadConcurrency: 1 })
  } catch (error) {
    throw translate(error, operation, target)
  }
}

/** Bounds below 0 count from the end, and `to` is the last byte. */
function rangeOf(size: number, from: number, to = size - 1): { offset: number; length: number } {
  const first = from < 0 ? Math.max(0, size + from) : from
  const last = Math.min(size - 1, to < 0 ? size + to : to)
  return { offset: first, length: Math.max(0, last - first + 1) }
}

/** An operation whose reads can be sent on: `read` gives the sections of what was read since it was last asked, each block once. */
function recordReads(operation: Operation) {
  const seen = new Set<string>()
  let waiting: Uint8Array[] = []
  const reading: Operation = {
    ...operation,
    async read(cid) {
      const bytes = await operation.read(cid)
      if (!seen.has(keyOf(cid))) {
        seen.add(keyOf(cid))
        waiting.push(sectionHead(cid, bytes.byteLength), bytes)
      }
      return bytes
    },
    write: () => Promise.reject(new AppError('INTERNAL', 'What is only read is not written'))
  }
  function* read(): Generator<Uint8Array> {
    const sections = waiting
    waiting = []
    yield* sections
  }
  return { reading, read }
}
