import { z } from 'zod'
import { type CID, parseCid } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { cidField, limitField, peerIdField } from '../../core/fields.ts'
import { type CallContext, defineTool } from '../../core/tool.ts'
import {
  backendOf,
  backendShape,
  HELLO,
  LOCAL_NODE,
  localPin,
  nodeSchema,
  pinned,
  pinSchema,
  toNode,
  toPin
} from './fields.ts'

const ACTIONS = ['status', 'list_nodes', 'list_pins', 'pin_status', 'pin', 'unpin', 'recover', 'remove_node'] as const

export const manageIpfsCluster = defineTool({
  name: 'manage_ipfs_cluster',
  title: 'Look at an IPFS cluster and manage its pins',
  askedFor: [
    'which cluster nodes hold a pin',
    'replicate a pin across the cluster',
    'recover a failed pin',
    'peers of the cluster',
    'remove a node from the cluster'
  ],
  description:
    'Shows the nodes and pins of the IPFS cluster that is configured (cluster.url), pins, unpins and recovers a CID on it, or takes a node out. Without one it speaks of the pins of this node and says so: backend. Not for storing content: use manage_ipfs_content.',
  runtime: 'general',
  effect: 'external',
  capability: { ability: 'ipfs/pin', resource: ({ cid }) => `ipfs-cluster:${cid ?? ''}` },
  needs: ['cluster', 'blocks'],
  input: z.strictObject({
    action: z.enum(ACTIONS),
    node_id: peerIdField().optional().describe('Of remove_node'),
    cid: cidField().optional().describe('Of pin_status, pin, unpin and recover'),
    replication_factor: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe('Of pin: on how many nodes at most; the cluster decides by default'),
    filters: z
      .strictObject({ status: z.enum(['pinned', 'pinning', 'pin_error', 'pin_queued', 'unpinned', 'error']) })
      .optional()
      .describe('Of list_pins'),
    limit: limitField(100, 500)
  }),
  output: z.object({
    action: z.string(),
    ...backendShape,
    version: z.string().nullable().describe('Of the cluster, with status'),
    nodes: z.array(nodeSchema),
    pins: z.array(pinSchema),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean()
  }),
  errors: ['INVALID_INPUT', 'INVALID_CID', 'NOT_FOUND', 'SERVICE_UNAVAILABLE', 'FETCH_FAILED', 'BAD_DATA'],
  limits: { timeoutMs: 120_000, resultBytes: 8_000_000 },
  examples: [
    {
      title: 'The pins, without a cluster',
      before: [pinned],
      input: { action: 'list_pins' },
      output: { backend: 'local', total: 1, pins: [{ cid: HELLO, nodes: [{ pin_status: 'pinned' }] }] }
    },
    { title: 'Whether there is a cluster', input: { action: 'status' }, output: { backend: 'local', version: null } },
    { title: 'What only a cluster can', input: { action: 'recover', cid: HELLO }, error: 'SERVICE_UNAVAILABLE' }
  ],
  async run({ action, limit, ...input }, ctx) {
    const { cluster } = ctx.services
    const done = cluster.isConfigured ? await onCluster(action, input, ctx) : await here(action, input, ctx, limit)
    const pins = done.pins ?? []
    const shown = pins.slice(0, limit)
    const total = done.total ?? pins.length
    return {
      action,
      ...backendOf(cluster),
      version: done.version ?? null,
      nodes: (done.nodes ?? []).slice(0, limit),
      pins: shown,
      returned: shown.length,
      total,
      truncated: shown.length < total
    }
  }
})

type Context = CallContext<'cluster' | 'blocks'>
interface Input {
  node_id?: string | undefined
  cid?: string | undefined
  replication_factor?: number | undefined
  filters?: { status: string } | undefined
}
interface Done {
  version?: string
  nodes?: ReturnType<typeof toNode>[]
  pins?: ReturnType<typeof toPin>[]
  total?: number
}

const cidIn = ({ cid }: Input, action: string): CID => parseCid(cid ?? need('cid', action))

async function onCluster(
  action: (typeof ACTIONS)[number],
  input: Input,
  { services: { cluster }, signal }: Context
): Promise<Done> {
  const options = { signal }
  switch (action) {
    case 'status': {
      const id = await cluster.id(options)
      return { version: id.version, nodes: [toNode(id)] }
    }
    case 'list_nodes':
      return { nodes: (await cluster.peers(options)).map(toNode) }
    case 'list_pins': {
      const { pins } = await cluster.pins({ ...options, filter: input.filters?.status })
      return { pins: pins.map(toPin) }
    }
    case 'pin_status':
      return { pins: [toPin(await cluster.status(cidIn(input, action), options))] }
    case 'pin': {
      const cid = cidIn(input, action)
      await cluster.add(cid, { ...options, replicas: input.replication_factor })
      return { pins: [toPin(await cluster.status(cid, options))] }
    }
    case 'unpin':
      await cluster.remove(cidIn(input, action), options)
      return {}
    case 'recover':
      return { pins: [toPin(await cluster.recover(cidIn(input, action), options))] }
    case 'remove_node':
      await cluster.removePeer(input.node_id ?? need('node_id', action), options)
      return { nodes: (await cluster.peers(options)).map(toNode) }
  }
}

async function here(
  action: (typeof ACTIONS)[number],
  input: Input,
  { services: { blocks }, signal }: Context,
  limit: number
): Promise<Done> {
  switch (action) {
    case 'status':
    case 'list_nodes':
      return { nodes: [toNode({ id: LOCAL_NODE, name: 'this node', addresses: [], error: undefined })] }
    case 'list_pins': {
      const isMeant = input.filters === undefined || input.filters.status === 'pinned'
      const { pins, total } = isMeant ? await blocks.listPins({ limit }) : { pins: [], total: 0 }
      return { pins: pins.map(({ cid }) => localPin(cid.toString(), 'pinned')), total }
    }
    case 'pin_status': {
      const cid = cidIn(input, action)
      const { pins } = await blocks.listPins()
      return { pins: [localPin(cid.toString(), pins.some(pin => pin.cid.equals(cid)) ? 'pinned' : 'unpinned')] }
    }
    case 'pin': {
      const cid = cidIn(input, action)
      await blocks.pin(cid, { signal })
      return { pins: [localPin(cid.toString(), 'pinned')] }
    }
    case 'unpin':
      await blocks.unpin(cidIn(input, action))
      return {}
    default:
      throw new AppError('SERVICE_UNAVAILABLE', `${action} needs an IPFS cluster; set cluster.url to its REST API`)
  }
}

function need(name: string, action: string): never {
  const message = `The action ${action} needs ${name}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}
