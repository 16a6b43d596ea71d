/** Long calls as a node has them, on a clock that the test moves; and a tool whose calls end when the test says so. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Reply } from '../../../src/core/client.ts'
import type { Principal } from '../../../src/core/principal.ts'
import { type CallContext, type Category, defineTool } from '../../../src/core/tool.ts'
import type { LongCallRequest, LongCallState, LongCalls } from '../../../src/services/long-calls/api.ts'
import type { Queue } from '../../../src/services/queue/api.ts'
import { createFixtureNode, fixture } from '../../helpers/fixture-node.ts'
import { longCallPlans } from '../../helpers/long-calls.ts'
import { createManualClock, type ManualClock } from '../../helpers/manual-clock.ts'
import { turns } from '../../suites/queue/open.ts'

export const alice: Principal = { kind: 'token', id: 'token:alice' }
export const mallory: Principal = { kind: 'token', id: 'token:mallory' }

export interface HeldCall {
  context: CallContext<never>
  asks: string[]
  end: (text: string) => void
  fail: (error: unknown) => void
}

export interface Bench extends AsyncDisposable {
  longCalls: LongCalls
  queue: Queue
  clock: ManualClock
  /** Runs of the tool, in order. */
  runs: HeldCall[]
  /** Handles of calls that changed. */
  changes: string[]
  begin(more?: Partial<LongCallRequest>): Promise<LongCallState>
  /** Waits until a call is in this status, as `caller` sees it. */
  until(taskId: string, status: LongCallState['status']): Promise<LongCallState>
  untilRuns(count: number): Promise<void>
  /** Moves the clock, and lets what becomes due happen. */
  pass(ms: number): Promise<void>
}

/** With a directory, what was there before is there again. */
export async function openBench({ directory, ttlMs }: { directory?: string; ttlMs?: number } = {}): Promise<Bench> {
  const clock = createManualClock()
  const runs: HeldCall[] = []
  const changes: string[] = []
  const category = heldTools(runs)
  const { services } = createFixtureNode({
    clock,
    categories: [category],
    lanes: { general: { concurrency: 4, queue: 0 }, p2p: { concurrency: 8, queue: 8 } },
    servicePlans: runner =>
      longCallPlans(runner, {
        clock,
        onChange: taskId => changes.push(taskId),
        ...(directory !== undefined && { directory }),
        ...(ttlMs !== undefined && { ttlMs })
      })
  })
  const { longCalls, queue } = await services.acquire(['longCalls', 'queue', 'workers'])

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left))
      await turns()
    }
  }

  async function eventually(isThere: () => Promise<boolean>): Promise<void> {
    for (let look = 0; look < 5000; look++) {
      if (await isThere()) return
      // A queue in a file answers from a thread of its own.
      await sleep(1)
    }
    throw new Error('It did not come')
  }

  return {
    longCalls,
    queue,
    clock,
    runs,
    changes,
    pass,
    begin: more =>
      longCalls.begin(
        {
          tool: 'hold',
          category: category.id,
          args: {},
          answers: {},
          can: [],
          isRetrySafe: false,
          submitter: alice,
          ...more
        },
        { waitMs: 0, signal: new AbortController().signal }
      ),
    async until(taskId, status) {
      await eventually(async () => (await longCalls.get(taskId, alice)).status === status)
      return await longCalls.get(taskId, alice)
    },
    untilRuns: count => eventually(async () => runs.length >= count),
    async [Symbol.asyncDispose]() {
      const stopping = services.stop()
      let isStopped = false
      void stopping.finally(() => {
        isStopped = true
      })
      while (!isStopped) await pass(1000)
      await stopping
    }
  }
}

/** `hold` asks what it is told to, one question after the other, and then ends when the test says so. */
function heldTools(runs: HeldCall[]): Category {
  const hold = defineTool({
    ...fixture,
    name: 'hold',
    remote: 'task',
    asTask: 'offered',
    needs: [],
    input: z.strictObject({
      asks: z
        .array(z.array(z.string().max(20)).max(5))
        .max(5)
        .default([])
    }),
    output: z.object({ text: z.string() }),
    async run({ asks }, context) {
      const replies: Record<string, Reply> = {}
      for (const names of asks) {
        const question = { method: 'elicitation/create', params: { message: 'Well?' } } as const
        Object.assign(replies, await context.client.ask(Object.fromEntries(names.map(name => [name, question]))))
      }
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true })
      runs.push({ context, asks: Object.keys(replies), end: resolve, fail: reject })
      return { text: `${await promise} ${JSON.stringify(replies)}` }
    }
  })
  const secret = defineTool({
    ...fixture,
    name: 'secret',
    needs: [],
    input: z.strictObject({}),
    output: z.object({}),
    run: () => ({})
  })
  return { id: 'held_tools', title: 'Held', summary: 'Tools that a test ends', tools: [hold, secret] }
}
