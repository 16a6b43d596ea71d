/**
 * What a tool of a history must know of the claim that it runs for travels in its arguments: it is put into the answers to claims, on
 * their way to the shipping worker.
 */
import type { Clock } from '../../../src/core/clock.ts'
import type { Invoke } from '../../../src/core/tool.ts'

export interface Carrier {
  invoke: Invoke
  /** How long the worker may hold the lease for alive, by its own clock. */
  leftMs(token: string): number
}

export interface CarriedClaim {
  token: string
  attempt: number
  taskId: string
}

interface WireLease {
  task_id: string
  lease_token: string
  lease_seconds: number
  attempt: number
  payload?: { args?: object }
}

export function createCarrier(invoke: Invoke, clock: Clock): Carrier {
  const endsAt = new Map<string, number>()

  function marked(lease: WireLease, askedAt: number): WireLease {
    const { lease_token: token, lease_seconds, attempt, payload, task_id: taskId } = lease
    endsAt.set(token, askedAt + lease_seconds * 1000)
    const claim: CarriedClaim = { token, attempt, taskId }
    return { ...lease, payload: { ...payload, args: { ...payload?.args, claim } } }
  }

  return {
    leftMs: token => (endsAt.get(token) ?? 0) - clock.monotonic(),
    async invoke(request) {
      const askedAt = clock.monotonic()
      const outcome = await invoke(request)
      if (outcome.failure) return outcome
      const { envelope } = outcome
      if (request.tool === 'task_heartbeat') {
        const { lease_token: token } = request.args as { lease_token: string }
        const renewed = askedAt + Number(envelope.lease_seconds) * 1000
        endsAt.set(token, Math.max(endsAt.get(token) ?? 0, renewed))
      }
      if (request.tool !== 'task_claim' && request.tool !== 'task_complete') return outcome
      // Both tools answer leases under this name.
      const tasks = (envelope.tasks as WireLease[]).map(lease => marked(lease, askedAt))
      return { ...outcome, envelope: { ...envelope, tasks } }
    }
  }
}
