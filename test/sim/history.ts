/** What was seen of a history: all that the checker goes by. */
import type { QueueStats, Task } from '../../src/services/queue/api.ts'
import type { Method } from './world/calls.ts'
import type { World } from './world/world.ts'

/** A call as its caller saw it. */
export interface Call {
  id: number
  actor: string
  method: Method
  args: unknown[]
  askedAt: number
  heardAt?: number
  /** When the queue's process had the answer. */
  servedAt?: number
  isAnswered: boolean
  value?: unknown
  error?: string
}

/** A claim that became part of the store. */
export interface Claim {
  taskId: string
  createdAt: number
  token: string
  workerId: string
  /** Who claimed. */
  principalId: string
  leaseMs: number
  /** When its batch was handed to the store. */
  at: number
  /** Wall clock of the queue. */
  wall: number
  notBefore: number | null
}

/** A heartbeat that became part of the store. */
export interface Renewal {
  token: string
  leaseMs: number
  at: number
}

/** A task that was given back, in the store: by its worker, or by the queue when who claimed it had left. */
export interface Release {
  token: string
  at: number
}

/** A worker asked the store for work. */
export interface Appearance {
  workerId: string
  sessionId: string | null
  at: number
}

export interface Effect {
  worker: string
  taskId: string
  token: string
  at: number
  /** What was left of the lease, as far as the worker could know. Infinite for one that stood still and could not look. */
  leaseLeftMs: number
}

/** The queue was paused or resumed, in the store. */
export interface Switch {
  kind: 'pause' | 'resume'
  at: number
  afterClaims: number
}

/** Batches that a disk had sworn to keep and lost. */
export interface Loss {
  at: number
  kinds: Set<string>
  taskIds: Set<string>
}

/** What can be read when everything is over. */
export interface Final {
  tasks: Map<string, Task>
  stats: QueueStats
  /** Bodies that a task names and nobody has. */
  missingBodies: string[]
}

export interface History {
  readonly calls: Call[]
  readonly claims: Claim[]
  readonly renewals: Renewal[]
  readonly releases: Release[]
  readonly appearances: Appearance[]
  readonly effects: Effect[]
  readonly switches: Switch[]
  readonly losses: Loss[]
  /** Faults that were seen at once. */
  readonly faults: string[]
  final: Final | undefined
  asked(actor: string, method: Method, args: unknown[]): Call
  fault(message: string): void
}

export function createHistory(world: World): History {
  const history: History = {
    calls: [],
    claims: [],
    renewals: [],
    releases: [],
    appearances: [],
    effects: [],
    switches: [],
    losses: [],
    faults: [],
    final: undefined,
    asked(actor, method, args) {
      const call: Call = { id: history.calls.length, actor, method, args, askedAt: world.now(), isAnswered: false }
      history.calls.push(call)
      return call
    },
    fault(message) {
      world.note('FAULT', message)
      history.faults.push(message)
    }
  }
  return history
}
