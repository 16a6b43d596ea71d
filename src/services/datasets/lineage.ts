/** Where a version came from: its inputs and those before it, as far as datasets of this server know. */
import { type CID, parseCid } from '../../core/cid.ts'
import type { Lineage, LineageNode, VersionOptions } from './api.ts'
import type { Context } from './context.ts'
import type { StoredVersion } from './version-record.ts'

export async function lineage(context: Context, datasetId: string, options: VersionOptions): Promise<Lineage> {
  const root = await context.store.find(datasetId, options.version)
  return trace(context, root, options.signal)
}

/** Breadth first, each version once. */
export async function trace(
  { store, limits }: Context,
  root: StoredVersion,
  signal: AbortSignal | undefined
): Promise<Lineage> {
  const seen = new Set([root.cid.toString()])
  const nodes: LineageNode[] = []
  let waiting: CID[] = [root.cid]
  while (waiting.length > 0 && nodes.length < limits.lineageNodes) {
    signal?.throwIfAborted()
    const [next, ...rest] = waiting
    if (!next) break
    const node = toNode(await store.read(next))
    nodes.push(node)
    const parents = [
      ...node.inputs.flatMap(input => (input.dataset_id !== undefined && input.cid ? [input.cid] : [])),
      ...(node.previous ? [node.previous] : [])
    ]
    waiting = rest
    for (const parent of parents) {
      if (!seen.has(parent)) waiting.push(parseCid(parent))
      seen.add(parent)
    }
  }
  return { nodes, truncated: waiting.length > 0 }
}

function toNode({ datasetId, version, cid, createdAt, numRecords, record }: StoredVersion): LineageNode {
  const { operation, parameters, engine, inputs, previous } = record
  return {
    datasetId,
    version,
    cid: cid.toString(),
    createdAt,
    operation,
    parameters,
    engine,
    inputs,
    previous: previous?.['/'],
    numRecords
  }
}
