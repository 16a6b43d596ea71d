/** Who submits tasks, with and without a name for them, asks again when no answer comes, and looks after them. */
import type { Submission } from '../../../src/services/queue/api.ts'
import type { Caller } from '../world/calls.ts'
import type { Host } from '../world/host.ts'
import type { World } from '../world/world.ts'
import type { Known } from './known.ts'
import { drawSubmission } from './work.ts'

const TRIES = 8

export interface SubmitterOptions {
  world: World
  caller: Caller
  host: Host
  known: Known
  tasks: number
  withinMs: number
}

export async function submitAll({ world, caller, host, known, tasks, withinMs }: SubmitterOptions): Promise<void> {
  const dice = world.dice.split()
  const sent: Submission[] = []

  async function submit(submission: Submission): Promise<string | undefined> {
    const isNamed = submission.taskId !== undefined || submission.idempotencyKey !== undefined
    for (let tries = 0; tries < (isNamed ? TRIES : 1); tries++) {
      try {
        const { taskId } = await caller.call('submit', [submission])
        known.add(taskId)
        return taskId
      } catch {
        await world.sleep(dice.between(50, 2000))
      }
    }
    return undefined
  }

  /** Often something new; sometimes what was sent before, the same under another name, or its name for something else. */
  function next(index: number): Submission {
    const before = sent.length > 0 ? sent[dice.below(sent.length)] : undefined
    if (before && dice.chance(0.1)) return before
    if (before && dice.chance(0.05)) return { ...unnamed(before), idempotencyKey: `${host.name}/${index}` }
    const fresh = drawSubmission(dice, world)
    if (before && dice.chance(0.05)) {
      return { ...fresh, ...pick(before, 'taskId'), ...pick(before, 'idempotencyKey') }
    }
    if (dice.chance(0.5)) return { ...fresh, idempotencyKey: `${host.name}/${index}` }
    return dice.chance(0.3) ? { ...fresh, taskId: `${host.name}-${index}` } : fresh
  }

  async function lookAfter(taskId: string): Promise<void> {
    for (let looks = dice.below(4); looks > 0; looks--) {
      await world.sleep(dice.between(100, 20_000))
      const waitMs = dice.chance(0.5) ? 10_000 : 0
      await (waitMs > 0 ? caller.call('wait', [taskId, { waitMs }], { waitMs }) : caller.call('get', [taskId])).catch(
        () => {}
      )
    }
  }

  for (let index = 0; index < tasks; index++) {
    await world.sleep(dice.between(0, (2 * withinMs) / tasks))
    const submission = next(index)
    sent.push(submission)
    void submit(submission).then(taskId => (taskId === undefined ? undefined : lookAfter(taskId)))
  }
}

function unnamed({ taskId: _taskId, ...content }: Submission): Submission {
  return content
}

function pick<K extends 'taskId' | 'idempotencyKey'>(from: Submission, name: K): Pick<Submission, K> | object {
  return from[name] === undefined ? {} : { [name]: from[name] }
}
