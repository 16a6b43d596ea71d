/** What the tools of an IPFS cluster share. */
import { z } from 'zod'
import type { Cluster, ClusterPeer, ClusterPin } from '../../services/cluster/api.ts'

export const backendShape = {
  backend: z.enum(['cluster', 'local']).describe('local: no cluster is configured, and it speaks of this node alone'),
  note: z.string().nullable()
}

const LOCAL_NOTE = 'No IPFS cluster is configured (cluster.url), so this is the pin set of this node alone.'

export const backendOf = ({ isConfigured }: Cluster) =>
  isConfigured ? { backend: 'cluster' as const, note: null } : { backend: 'local' as const, note: LOCAL_NOTE }

export const nodeSchema = z.object({
  node_id: z.string(),
  name: z.string(),
  addresses: z.array(z.string()),
  problem: z.string().nullable()
})
export const toNode = ({ id, name, addresses, error }: ClusterPeer): z.output<typeof nodeSchema> => ({
  node_id: id.slice(0, 200),
  name: name.slice(0, 200),
  addresses: addresses.slice(0, 20).map(address => address.slice(0, 500)),
  problem: error?.slice(0, 500) ?? null
})

export const pinSchema = z.object({
  cid: z.string(),
  name: z.string(),
  nodes: z.array(z.object({ node_id: z.string(), pin_status: z.string(), problem: z.string().nullable() }))
})
export const toPin = ({ cid, name, peers }: ClusterPin): z.output<typeof pinSchema> => ({
  cid,
  name: name.slice(0, 200),
  nodes: peers.slice(0, 100).map(({ peer, status, error }) => ({
    node_id: peer.slice(0, 200),
    pin_status: status.slice(0, 100),
    problem: error?.slice(0, 500) ?? null
  }))
})

export const LOCAL_NODE = 'local'
export const localPin = (cid: string, status: string) => ({
  cid,
  name: '',
  nodes: [{ node_id: LOCAL_NODE, pin_status: status, problem: null }]
})

/** A text that is pinned, for examples. */
export const pinned = { tool: 'pin_to_ipfs', args: { content_source: 'hello world' } }
export const HELLO = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
