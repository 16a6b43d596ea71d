/** What was seen of the wire: who asked what of whom, and what was carried out for whom. */
import type { CallOutcome, CallRequest, Invoke } from '../../../src/core/tool.ts'
import type { World } from '../world/world.ts'

/** A call as it left a node, and what that node was told. */
export interface Asking {
  peerId: string
  tool: string
  args: string
  askedAt: number
  heardAt?: number
  /** Of the answer, if there was a good one. */
  requestId?: string
  envelope?: string
  error?: string
}

/** A call as the hub took it from a peer. */
export interface Serving {
  peerId: string
  tool: string
  args: string
  startedAt: number
  endedAt?: number
  requestId?: string
  envelope?: string
  error?: string
}

export interface WireRecords {
  readonly askings: Asking[]
  readonly servings: Serving[]
  ask(peerId: string, tool: string, args: unknown, answer: Promise<Record<string, unknown>>): void
  /** The same, and what is carried out is kept. */
  served(invoke: Invoke): Invoke
}

export function createRecords(world: World): WireRecords {
  const askings: Asking[] = []
  const servings: Serving[] = []
  return {
    askings,
    servings,
    ask(peerId, tool, args, answer) {
      const asking: Asking = { peerId, tool, args: textOf(args), askedAt: world.now() }
      askings.push(asking)
      answer.then(
        envelope => {
          asking.heardAt = world.now()
          asking.requestId = String(envelope.request_id)
          asking.envelope = textOf(envelope)
        },
        error => {
          asking.heardAt = world.now()
          asking.error = String(error?.code)
        }
      )
    },
    served: invoke => async request => {
      const serving = begin(request)
      const outcome = await invoke(request)
      if (serving) settle(serving, outcome)
      return outcome
    }
  }

  function begin({ evidence, tool, args }: CallRequest): Serving | undefined {
    if (evidence.kind !== 'peer') return undefined
    const serving: Serving = { peerId: evidence.peerId, tool, args: textOf(args), startedAt: world.now() }
    servings.push(serving)
    return serving
  }

  function settle(serving: Serving, { envelope, failure }: CallOutcome): void {
    serving.endedAt = world.now()
    serving.requestId = String(envelope.request_id)
    if (failure) serving.error = failure.code
    else serving.envelope = textOf(envelope)
  }
}

const textOf = (value: unknown): string => JSON.stringify(value)
