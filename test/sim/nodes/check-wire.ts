/**
 * What the wire promises: who is told something is told what was done, for it and nobody else; nothing is done twice that was asked
 * once; and nobody gets what it was not granted, whoever it says to be.
 */
import type { Submission } from '../../../src/services/queue/api.ts'
import { completionOf } from '../checks/seen.ts'
import type { History } from '../history.ts'
import type { Asking, Serving, WireRecords } from './records.ts'

export interface Cast {
  /** Tools that each peer was granted at the hub. */
  grants: ReadonlyMap<string, readonly string[]>
  /** The peer behind each worker. */
  owners: ReadonlyMap<string, string>
  /** The principal behind the tag that its tasks have. */
  submitters: ReadonlyMap<string, string>
  /** Peers that write down what they ask. */
  honest: readonly string[]
  /** Whether frames came twice. */
  isDoubled: boolean
}

export function checkWire(history: History, records: WireRecords, cast: Cast): string[] {
  return [
    ...answers(records),
    ...(cast.isDoubled ? [] : [...repetitions(records, cast), ...remembered(records)]),
    ...grants(records, cast),
    ...holders(history, records, cast),
    ...submitters(history, cast),
    ...messages(history)
  ]
}

function answers({ askings, servings }: WireRecords): string[] {
  const byId = new Map(servings.map(serving => [serving.requestId, serving]))
  const told = new Set<string>()
  return askings.flatMap(asking => {
    const { requestId, tool } = asking
    if (requestId === undefined) return []
    const isTwice = told.has(requestId)
    told.add(requestId)
    if (isTwice) return [`two calls of ${tool} were told the answer ${requestId}`]
    const serving = byId.get(requestId)
    return serving && isAnswerTo(serving, asking) ? [] : [`a call of ${tool} was told what is not its answer`]
  })
}

const isAnswerTo = (serving: Serving, asking: Asking): boolean =>
  (['peerId', 'tool', 'args', 'envelope'] as const).every(member => serving[member] === asking[member]) &&
  serving.startedAt >= asking.askedAt &&
  (serving.endedAt ?? Number.POSITIVE_INFINITY) <= (asking.heardAt ?? 0)

function repetitions({ askings, servings }: WireRecords, { honest }: Cast): string[] {
  const keyOf = ({ peerId, tool, args }: Asking | Serving) => `${tool} ${args} of ${peerId}`
  const asked = Map.groupBy(askings, keyOf)
  const done = Map.groupBy(
    servings.filter(({ peerId }) => honest.includes(peerId)),
    keyOf
  )
  return [...done].flatMap(([key, { length }]) => {
    const times = asked.get(key)?.length ?? 0
    return length <= times ? [] : [`${key.slice(0, 300)} was asked ${times} times and carried out ${length} times`]
  })
}

/** Who knows no tokens shows, by the task's id alone, the token of its own claim on that stream. */
function remembered({ servings }: WireRecords): string[] {
  return servings
    .filter(({ tool, args }) => tool === 'task_complete' && args.includes('"isSameStream":true'))
    .flatMap(({ args }) => {
      // Of `old-peer.ts`, which alone says so.
      const { lease_token, result } = JSON.parse(args) as { lease_token: string; result: { token: string } }
      return lease_token === result.token ? [] : [`a stream took ${lease_token} for its claim ${result.token}`]
    })
}

function grants({ servings }: WireRecords, cast: Cast): string[] {
  return servings
    .filter(({ peerId, tool, envelope }) => envelope !== undefined && !cast.grants.get(peerId)?.includes(tool))
    .map(({ peerId, tool }) => `${peerId} was not granted ${tool} and got it`)
}

/** Only who claimed a task under a token can use the token, and only under a name of its own. */
function holders(history: History, { servings }: WireRecords, { owners }: Cast): string[] {
  const { claims } = history
  const holderOf = new Map(claims.map(({ token, workerId }) => [token, owners.get(workerId)]))
  const settledAt = settlements(history)
  return servings.flatMap(({ peerId, tool, args, envelope, endedAt = 0 }) => {
    if (envelope === undefined) return []
    // Each is an object: its tool has taken it.
    const { lease_token, worker_id, claim_next } = JSON.parse(args) as Record<string, unknown> & {
      claim_next?: { worker_id: string }
    }
    const names = [worker_id, claim_next?.worker_id].filter(name => typeof name === 'string')
    const borrowed = names.filter(name => owners.has(name) && owners.get(name) !== peerId)
    const isCarriedOn = tool === 'p2p_status' && args !== '{}'
    const token = String(lease_token)
    const isHeld =
      lease_token === undefined || holderOf.get(token) === peerId || (settledAt.get(token) ?? endedAt) < endedAt
    return [
      ...borrowed.map(name => `${peerId} was taken for the worker ${name} by ${tool}`),
      ...(isCarriedOn ? [`a call of ${peerId} was carried on to another peer`] : []),
      ...(isHeld ? [] : [`${peerId} did ${tool} with ${lease_token}, which is not its lease`])
    ]
  })
}

/** When a claim was ended under its token: what is shown after that changes nothing. */
function settlements({ calls }: History): ReadonlyMap<string, number> {
  const ended = calls.filter(({ method, isAnswered }) => isAnswered && (method === 'complete' || method === 'release'))
  return new Map(ended.toReversed().map(call => [completionOf(call).leaseToken, call.servedAt ?? 0]))
}

/** A task belongs to who submitted it, as the handshake proved it. */
function submitters({ calls }: History, cast: Cast): string[] {
  return calls
    .filter(({ method }) => method === 'submit')
    .map(({ args }) => args[0] as Submission)
    .flatMap(({ submitter, tags: [tag = ''] = [] }) => {
      const right = cast.submitters.get(tag)
      return right === submitter.id ? [] : [`a task of ${tag} was taken for one of ${submitter.id}`]
    })
}

/** One message, one task, as long as the hub lived. */
function messages({ calls }: History): string[] {
  const seen = new Set<string>()
  return calls
    .filter(({ method }) => method === 'submit')
    .flatMap(({ actor, args }) => {
      const [tag, id] = (args[0] as Submission).tags ?? []
      if (tag !== 'messenger') return []
      const key = `${actor} ${id}`
      const isTwice = seen.has(key)
      seen.add(key)
      return isTwice ? [`${id} came twice and was carried out twice`] : []
    })
}
