/**
 * CARv1 in. Blocks are verified one by one into a stage and published only when the stream has ended well and every
 * root is complete, so a CAR that is cut, damaged or forged leaves nothing.
 */
import { type CID, HASH, verifyBlock } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { ImportCarOptions, ImportedCar, PinType } from './api.ts'
import { readCar } from './car-reader.ts'
import { isKnownCodec, linksOf } from './codecs.ts'
import { type PinTable, pinWithin } from './pins.ts'
import { keyOf, type Stage } from './storage.ts'
import { type Operation, refuseOversize, type Store } from './store.ts'
import { unfollowable, walk } from './walk.ts'

export function importCar(
  store: Store,
  pins: PinTable,
  bytes: AsyncIterable<Uint8Array>,
  options: ImportCarOptions = {}
): Promise<ImportedCar> {
  return store.run([], options.signal, async operation => {
    await using stage = await store.stage()
    const staged = new Map<string, CID>()
    const sections: CID[] = []
    let sizeBytes = 0

    const car = await readCar(bytes, options.signal)
    for await (const block of car.blocks) {
      options.signal?.throwIfAborted()
      refuseOversize(block.cid, block.bytes.byteLength)
      verifyBlock(block.cid, block.bytes)
      sections.push(block.cid)
      const key = keyOf(block.cid)
      if (staged.has(key) || block.cid.multihash.code === HASH.identity) continue
      await stage.put(block.cid, block.bytes)
      staged.set(key, block.cid)
      sizeBytes += block.bytes.byteLength
    }

    const reached = await refuseIncomplete(operation, stage, car.roots, options.pin)
    refuseMislabelled(sections, reached)
    options.signal?.throwIfAborted()
    await operation.publish(stage, staged.values())
    if (options.pin) for (const root of car.roots) await pinWithin(operation, pins, root, options.pin)
    else await operation.sync()
    return { roots: car.roots, blocks: staged.size, sizeBytes }
  })
}

/** A CAR cut between two blocks reads well to its end; what betrays it is a link that leads to nothing. */
async function refuseIncomplete(
  operation: Operation,
  stage: Stage,
  roots: readonly CID[],
  pin?: PinType
): Promise<CID[]> {
  const blocks = walk(roots, async cid => {
    operation.signal?.throwIfAborted()
    const staged = await stage.get(cid)
    if (!staged && !(await operation.has(cid))) {
      const what = roots.some(root => root.equals(cid)) ? 'its root' : 'a block below its root,'
      throw new AppError('BAD_DATA', `The CAR is incomplete: it lacks ${what} ${cid}; nothing was imported`)
    }
    if (!isKnownCodec(cid)) {
      // Found here rather than by the pin, which comes after the blocks are published.
      if (pin === 'recursive') throw unfollowable(cid)
      return []
    }
    return linksOf(cid, staged ?? (await operation.read(cid)))
  })
  return await Array.fromAsync(blocks)
}

/** The hash of a block does not cover its codec: a section that only links with another codec lead to was damaged there. */
function refuseMislabelled(sections: readonly CID[], reached: readonly CID[]): void {
  const names = new Set(reached.map(nameOf))
  const keys = new Set(reached.map(keyOf))
  const wrong = sections.find(cid => keys.has(keyOf(cid)) && !names.has(nameOf(cid)))
  if (wrong)
    throw new AppError('BAD_DATA', `The CAR is damaged: it holds ${wrong} under another codec than the links to it`)
}

const nameOf = (cid: CID): string => cid.toV1().toString()
