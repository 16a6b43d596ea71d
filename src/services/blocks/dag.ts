/** Values of the IPLD data model, in and out in their DAG-JSON form. */
import * as dagCbor from '@ipld/dag-cbor'
import * as dagJson from '@ipld/dag-json'
import { canonicalize } from '../../core/canonical.ts'
import { CID, CODEC, cidOf } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { BlocksOptions, DagPutOptions } from './api.ts'
import { decodeBlock, decodeDagJson } from './codecs.ts'
import { type PinTable, pinWithin } from './pins.ts'
import { locate } from './resolve.ts'
import type { Store } from './store.ts'

/** Deeper values would end the stack of some reader, ours or another. */
const MAX_DEPTH = 256

export function dagPut(store: Store, pins: PinTable, value: unknown, options: DagPutOptions = {}): Promise<CID> {
  return store.run([], options.signal, async operation => {
    const bytes = encode(value, options.codec ?? 'dag-cbor')
    const cid = cidOf(bytes, options.codec === 'dag-json' ? CODEC.dagJson : CODEC.dagCbor)
    await operation.write(cid, bytes)
    if (options.pin) await pinWithin(operation, pins, cid, options.pin)
    else await operation.sync()
    return cid
  })
}

export function dagGet(store: Store, cid: CID, path: readonly string[] = [], options: BlocksOptions = {}) {
  return store.run([cid], options.signal, async operation => {
    const at = await locate(operation, cid, path, { fields: true })
    return toJson(at.inside ? at.inside.value : decodeBlock(at.cid, await operation.read(at.cid)), MAX_DEPTH)
  })
}

function encode(value: unknown, codec: 'dag-cbor' | 'dag-json'): Uint8Array {
  refuseDepth(value)
  // Canonical JSON refuses what has no exact JSON form, where JSON.stringify would drop or change it.
  const text = canonicalize(value)
  try {
    const model = decodeDagJson(new TextEncoder().encode(text))
    return codec === 'dag-json' ? dagJson.encode(model) : dagCbor.encode(model)
  } catch (cause) {
    throw new AppError(
      'INVALID_INPUT',
      'Not a value of the IPLD data model: a link is {"/": "<cid>"}, bytes are {"/": {"bytes": "<base64>"}}, and a map has no other use of the key "/"',
      { cause }
    )
  }
}

function refuseDepth(value: unknown): void {
  const stack = [{ value, depth: 1 }]
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (item.value === null || typeof item.value !== 'object') continue
    if (item.depth > MAX_DEPTH) throw new AppError('TOO_LARGE', `The value is nested deeper than ${MAX_DEPTH} levels`)
    for (const member of Object.values(item.value)) stack.push({ value: member, depth: item.depth + 1 })
  }
}

/** The DAG-JSON form as a plain value. Integers outside ±(2^53−1) are text, as everywhere on our wire. */
function toJson(value: unknown, depthLeft: number): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return value
  if (value instanceof CID) return { '/': value.toString() }
  if (value instanceof Uint8Array) return { '/': { bytes: Buffer.from(value).toString('base64').replace(/=+$/, '') } }
  if (depthLeft === 0)
    throw new AppError('TOO_LARGE', `The value is nested deeper than ${MAX_DEPTH} levels; name a path in it`)
  if (Array.isArray(value)) return value.map(member => toJson(member, depthLeft - 1))
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member, depthLeft - 1)]))
}
