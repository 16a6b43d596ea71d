/** Objects over blocks and an index. An object is pinned before it is settled, and unsettled before its pin goes. */
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type CID, parseCid } from '../../core/cid.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError, hasCode } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Blocks } from '../blocks/api.ts'
import { DEFAULT_COLLECTION, type NewObject, type Objects, type ObjectsOptions, type StoredObject } from './api.ts'
import type { IndexStore } from './index-store.ts'

const BATCH = 100
const MAX_PAGE = 1000

export interface ObjectsParts {
  blocks: Blocks
  clock: Clock
  openIndex: () => Promise<IndexStore>
}

export function createObjectsOver({ blocks, clock, openIndex }: ObjectsParts): Objects {
  let current: IndexStore | undefined
  let turn: Promise<unknown> = Promise.resolve()

  const lifecycle = createLifecycle(
    async () => {
      const index = await openIndex()
      try {
        await index.putCollection(DEFAULT_COLLECTION, {}, clock.now())
        // What a killed process was about to store or to remove.
        for (const id of await index.unsettled()) await forget(index, id)
      } catch (error) {
        await index.close()
        throw error
      }
      current = index
    },
    async () => {
      const index = current
      current = undefined
      await turn
      await index?.close()
    }
  )

  const running = (): IndexStore => {
    if (current) return current
    throw new AppError('SERVICE_UNAVAILABLE', 'The objects service is not running')
  }

  /** One change after the other, so that an object is stored or removed by one caller at a time. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  async function forget(index: IndexStore, id: string): Promise<void> {
    await blocks.unpin(parseCid(id)).catch(error => {
      if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error
    })
    await index.remove(id)
  }

  async function need(name: string) {
    const found = await running().collection(name)
    if (found) return found
    const near = nearest(name, await running().collectionNames())
    throw new AppError(
      'NOT_FOUND',
      `There is no collection "${name.slice(0, 80)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      { details: { collection: name.slice(0, 256), ...(near !== undefined && { nearest: near }) } }
    )
  }

  async function store(object: StoredObject, record: CID, signal: AbortSignal | undefined) {
    const index = running()
    const standing = await index.item(object.id)
    if (standing) return { item: standing, isNew: false }
    await need(object.collection)
    signal?.throwIfAborted()
    await index.add(object)
    try {
      await blocks.pin(record)
      await index.settle(object.id)
    } catch (error) {
      await forget(index, object.id)
      throw error
    }
    return { item: object, isNew: true }
  }

  async function removeOne(id: string): Promise<boolean> {
    const index = running()
    if (!(await index.item(id))) return false
    await index.unsettle(id)
    await forget(index, id)
    return true
  }

  return {
    ...lifecycle,
    createCollection: (name, about = {}) =>
      inTurn(async () => {
        if (await running().collection(name))
          throw new AppError('ALREADY_EXISTS', `There is a collection "${name}" already`)
        await running().putCollection(name, about, clock.now())
        return await need(name)
      }),
    describeCollection: (name, about) =>
      inTurn(async () => {
        await need(name)
        await running().putCollection(name, about, clock.now())
        return await need(name)
      }),
    collection: need,
    collections: async ({ after = '', limit = MAX_PAGE } = {}) => await running().collections(after, limit),

    async removeCollection(name, { withItems = false, signal } = {}) {
      const { items } = await need(name)
      if (name === DEFAULT_COLLECTION) throw refuse('The default collection stays; remove the objects in it')
      if (items > 0 && !withItems) throw refuse(`"${name}" holds ${items} objects; remove them too, or first`)
      let removed = 0
      for (;;) {
        const isDone = await inTurn(async () => {
          const ids = await running().idsOf(name, BATCH)
          for (const id of ids) {
            signal?.throwIfAborted()
            removed += Number(await removeOne(id))
          }
          // In the same turn, lest somebody stores into what is about to go.
          if (ids.length === 0) await running().removeCollection(name)
          return ids.length === 0
        })
        if (isDone) return removed
      }
    },

    async put({ bytes, ...object }, { signal } = {}) {
      await need(object.collection)
      await using _hold = blocks.hold()
      const stored = await compressed(bytes, object.compression)
      const { cid } = await blocks.addFile([stored], options(signal))
      const { metadata, tags, ...form } = object
      const record = {
        kind: 'object',
        ...form,
        content: { '/': cid.toString() },
        metadata,
        tags,
        size: bytes.byteLength
      }
      const id = await blocks.dagPut(record, options(signal))
      const item: StoredObject = {
        ...object,
        id: id.toString(),
        cid: cid.toString(),
        sizeBytes: bytes.byteLength,
        storedBytes: stored.byteLength,
        createdAt: clock.now()
      }
      return await inTurn(() => store(item, id, signal))
    },

    async get(ids) {
      const found = await Promise.all(ids.map(id => running().item(id)))
      return found.filter(item => item !== undefined)
    },

    async read(item, { signal, length } = {}) {
      // Of what is compressed, all is read.
      const range = length !== undefined && item.compression === 'none' ? { length } : {}
      const parts = await Array.fromAsync(blocks.cat(parseCid(item.cid), [], { ...options(signal), ...range }))
      return (await expanded(Buffer.concat(parts), item)).subarray(0, length)
    },

    async find({ limit = BATCH, cursor, ...query } = {}) {
      if (query.collection !== undefined) await need(query.collection)
      const { items, total } = await running().find(query, positionOf(cursor), limit + 1)
      const page = items.slice(0, limit)
      const last = items.length > limit ? page.at(-1) : undefined
      return { items: page.map(({ item }) => item), total, nextCursor: last && String(last.at) }
    },
    remove: id => inTurn(() => removeOne(id))
  }
}

const options = (signal: AbortSignal | undefined) => (signal ? { signal } : {}) satisfies ObjectsOptions

const refuse = (message: string) => new AppError('INVALID_INPUT', message)

function positionOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  const message = 'The cursor is not one that a page before has answered; begin again without it'
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/cursor', message }] })
}

async function compressed(bytes: Uint8Array, how: NewObject['compression']): Promise<Uint8Array> {
  return how === 'none' ? bytes : await promisify(gzip)(bytes)
}

async function expanded(bytes: Buffer, { compression, sizeBytes, id }: StoredObject): Promise<Buffer> {
  if (compression === 'none') return bytes
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: Math.max(1, sizeBytes) })
  } catch (cause) {
    if (hasCode(cause, 'ERR_BUFFER_TOO_LARGE') || hasCode(cause, 'Z_DATA_ERROR'))
      throw new AppError('BAD_DATA', `The object ${id} does not expand to what was stored`, { cause })
    throw cause
  }
}
