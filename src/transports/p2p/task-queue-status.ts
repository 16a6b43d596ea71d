/** What a node says of itself to those that ask its task queue: `status` and `heartbeat`, in the shapes that nodes in Python read. */
import { isObject } from '../json-rpc.ts'
import type { CallTool } from './task-queue-bodies.ts'

export interface Asked {
  message: Record<string, unknown>
  call: CallTool
  caller: string
  self: string
}

const DOCKER = { docker_workers: 0, docker_workers_configured: 0 }

export async function statusOf({ message, call }: Asked, ops: readonly string[]): Promise<Record<string, unknown>> {
  const { success: _s, request_id: _r, status: _t, ok: _o, ...node } = await call('p2p_status', {})
  const stats = await call('queue_stats', { include_worker_stats: true })
  const workers = (Array.isArray(stats.worker_stats) ? stats.worker_stats : [])
    .filter(isObject)
    .filter(({ status }) => status === 'active')
  const typesOf = (some: readonly Record<string, unknown>[]) => [
    ...new Set(some.flatMap(({ capabilities }) => (Array.isArray(capabilities) ? capabilities : [])))
  ]
  const own = workers.filter(({ worker_id }) => String(worker_id).startsWith('local-'))
  const counts = (name: 'queued' | 'running') =>
    Object.fromEntries(Object.entries(Object(stats.by_type)).map(([type, by]) => [type, Object(by)[name]]))
  return {
    ...node,
    capabilities: {
      task_types: typesOf(workers),
      models: [],
      endpoints_by_model: {},
      endpoint_types_by_model: {},
      hwtest: null,
      resource_keys: [],
      ops
    },
    nat: { autonat: { supported: false, status: 'unknown', code: null } },
    session: null,
    ...(message.detail === true && {
      queue: {
        queued: stats.queued_count,
        running: stats.running_count,
        queued_by_type: counts('queued'),
        running_by_type: counts('running')
      },
      scheduler: {
        clock: null,
        known_peers: [],
        known_workers: workers.map(({ worker_id }) => worker_id),
        counts: { peers: node.trusted_peers, workers: workers.length, ...DOCKER }
      },
      local_worker: { enabled: own.length > 0, docker_enabled: false, supported_task_types: typesOf(own) },
      transport: { mcp_p2p: { stats: { connections: node.connections, unauthorized: node.refused_connections } } }
    })
  }
}

/** That a peer is there; it keeps no lease. Clocks of schedulers are not kept here, so none is answered. */
export async function heartbeatOf({ call, caller }: Asked): Promise<Record<string, unknown>> {
  await call('p2p_status', {})
  return { peer: caller, scheduler: { clock: null, known_peers: [] } }
}
