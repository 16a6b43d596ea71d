/** The guarantees of calls that outlive their request. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import { failing } from '../../suites/queue/failing.ts'
import { turns } from '../../suites/queue/open.ts'
import { alice, mallory, openBench } from './open.ts'

const yes = { action: 'accept', content: { ok: true } }
const no = { action: 'decline' }
const asking = (...asks: string[][]) => ({ args: { asks }, can: ['elicitation'] as const })

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'long-calls-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

describe('a long call', () => {
  test('has a handle before it has begun, says how far it is, and ends with the outcome of its tool', async () => {
    await using bench = await openBench()
    const { taskId, status } = await bench.begin()
    expect(status).toBe('working')
    await bench.untilRuns(1)
    bench.runs[0]?.context.progress(1, 4, 'a quarter')
    await bench.pass(2000)
    expect(await bench.longCalls.get(taskId, alice)).toMatchObject({ status: 'working', message: '25 %, a quarter' })
    bench.runs[0]?.end('done')
    const { outcome } = await bench.until(taskId, 'completed')
    expect(outcome).toMatchObject({ isError: false, envelope: { success: true, text: 'done {}' } })
    expect(new Set(bench.changes)).toEqual(new Set([taskId]))
  })

  test('may have a result larger than a row of the queue', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin()
    await bench.untilRuns(1)
    const text = 'x'.repeat(80_000)
    bench.runs[0]?.end(text)
    expect((await bench.until(taskId, 'completed')).outcome?.envelope.text).toBe(`${text} {}`)
    expect((await bench.queue.get(taskId)).resultCid).toMatch(/^baf/)
  })

  test('that an operator retries has a handle like any other', async () => {
    await using bench = await openBench({ ttlMs: 60_000 })
    const { taskId } = await bench.begin()
    await bench.untilRuns(1)
    bench.runs[0]?.fail(new Error('broken'))
    await bench.until(taskId, 'failed')
    const again = await bench.queue.retry(taskId, { submitter: alice })
    await bench.untilRuns(2)
    expect(await bench.longCalls.get(again.taskId, alice)).toMatchObject({ status: 'working', ttlMs: 60_000 })
    bench.runs[1]?.end('mended')
    await bench.until(again.taskId, 'completed')
  })

  test('runs as its caller', async () => {
    await using bench = await openBench()
    await bench.begin()
    await bench.untilRuns(1)
    expect(bench.runs[0]?.context.principal).toEqual(alice)
  })

  test('that its tool fails has ended with that error; one that the server failed has none but its code', async () => {
    await using bench = await openBench()
    const [known, unknown] = [await bench.begin({ args: { asks: [] } }), await bench.begin()]
    await bench.untilRuns(2)
    bench.runs[0]?.fail(new AppError('BAD_DATA', 'Line 3 is damaged', { details: { line: 3 } }))
    bench.runs[1]?.fail(new Error('secret detail'))
    const { outcome } = await bench.until(known.taskId, 'completed')
    expect(outcome).toMatchObject({ isError: true, envelope: { error: 'BAD_DATA', details: { line: 3 } } })
    const failed = await bench.until(unknown.taskId, 'failed')
    expect(failed.error?.code).toBe('INTERNAL')
    expect(JSON.stringify(failed)).not.toContain('secret')
    expect(bench.runs).toHaveLength(2)
  })

  test('of a tool that may not run as a task is refused, whoever made the task', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin({ tool: 'secret' })
    expect((await bench.until(taskId, 'failed')).error?.code).toBe('FORBIDDEN')
    const { taskId: forged } = await bench.queue.submit({
      type: 'tool.call',
      payload: { tool: 'hold' },
      requires: ['long-call'],
      submitter: alice
    })
    expect((await bench.queue.wait(forged, { waitMs: 1000 })).error?.code).toBe('INVALID_INPUT')
  })

  test('waits for a place in its lane, and is not run twice for it', async () => {
    await using bench = await openBench()
    const calls = await Promise.all(Array.from({ length: 4 }, () => bench.begin()))
    await bench.untilRuns(4)
    const last = await bench.begin()
    await bench.pass(2000)
    expect(bench.runs).toHaveLength(4)
    expect((await bench.queue.get(last.taskId)).status).toBe('running')
    for (const run of bench.runs) run.end('done')
    for (const { taskId } of calls) await bench.until(taskId, 'completed')
    await bench.pass(1000)
    await bench.untilRuns(5)
    bench.runs[4]?.end('late')
    await bench.until(last.taskId, 'completed')
  })

  test('with a chosen handle is one call, however often it is begun; with other arguments it is refused', async () => {
    await using bench = await openBench()
    const [first, second] = [await bench.begin({ taskId: 'mine' }), await bench.begin({ taskId: 'mine' })]
    expect([first.taskId, second.taskId]).toEqual(['mine', 'mine'])
    await bench.untilRuns(1)
    await turns(50)
    expect(bench.runs).toHaveLength(1)
    await expect(bench.begin({ taskId: 'mine', ...asking(['a']) })).rejects.toEqual(failing('IDEMPOTENCY_CONFLICT'))
    await expect(bench.begin({ taskId: 'mine', submitter: mallory })).rejects.toEqual(failing('IDEMPOTENCY_CONFLICT'))
  })

  test('whose caller leaves before it has the handle is cancelled', async () => {
    await using bench = await openBench()
    const leaving = new AbortController()
    const call = { tool: 'hold', category: 'held_tools', args: {}, answers: {}, can: [], isRetrySafe: false }
    const beginning = bench.longCalls.begin(
      { ...call, submitter: alice, taskId: 'left' },
      { waitMs: 60_000, signal: leaving.signal }
    )
    await bench.untilRuns(1)
    leaving.abort(new AppError('CANCELLED', 'gone'))
    await expect(beginning).rejects.toEqual(failing('CANCELLED'))
    await bench.until('left', 'cancelled')
    expect(bench.runs[0]?.context.signal.aborted).toBe(true)
  })
})

describe('a call that asks', () => {
  test('ends there, and runs from its start when it has every answer', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin(asking(['name'], ['color']))
    const first = await bench.until(taskId, 'input_required')
    expect(Object.keys(first.questions ?? {})).toEqual(['name'])
    await bench.longCalls.answer(taskId, { name: yes }, alice)
    await bench.pass(500)
    const second = await bench.until(taskId, 'input_required')
    expect(Object.keys(second.questions ?? {})).toEqual(['color'])
    expect(bench.runs).toEqual([])
    await bench.longCalls.answer(taskId, { color: no }, alice)
    await bench.untilRuns(1)
    bench.runs[0]?.end('answered')
    const { outcome } = await bench.until(taskId, 'completed')
    expect(outcome?.envelope.text).toBe(`answered ${JSON.stringify({ name: yes, color: no })}`)
  })

  test('waits until the last answer is there, and what was answered is open no more', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin(asking(['a', 'b', 'c']))
    await bench.until(taskId, 'input_required')
    const open = async () => Object.keys((await bench.longCalls.get(taskId, alice)).questions ?? {})
    await bench.longCalls.answer(taskId, { b: yes }, alice)
    expect(await open()).toEqual(['a', 'c'])
    await bench.longCalls.answer(taskId, { b: no, c: yes, unknown: yes }, alice)
    expect(await open()).toEqual(['a'])
    await bench.pass(2000)
    expect(await open()).toEqual(['a'])
    expect(bench.runs).toEqual([])
    await bench.longCalls.answer(taskId, { a: yes }, alice)
    await bench.untilRuns(1)
    bench.runs[0]?.end('x')
    const { outcome } = await bench.until(taskId, 'completed')
    expect(outcome?.envelope.text).toBe(`x ${JSON.stringify({ a: yes, b: yes, c: yes })}`)
  })

  test('loses none of the answers that come at the same time', async () => {
    await using bench = await openBench()
    const names = ['a', 'b', 'c', 'd', 'e']
    const { taskId } = await bench.begin(asking(names))
    await bench.until(taskId, 'input_required')
    await Promise.all(names.map(name => bench.longCalls.answer(taskId, { [name]: yes }, alice)))
    await bench.untilRuns(1)
    expect(bench.runs[0]?.asks.toSorted()).toEqual(names)
    await turns(50)
    expect(bench.runs).toHaveLength(1)
  })

  test('never meets an answer of another shape than the protocol has', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin(asking(['a']))
    await bench.until(taskId, 'input_required')
    await bench.longCalls.answer(taskId, { a: { action: 'maybe' } }, alice)
    const { outcome } = await bench.until(taskId, 'completed')
    expect(outcome).toMatchObject({ isError: true, envelope: { error: 'INVALID_INPUT' } })
    expect(bench.runs).toEqual([])
  })

  test('takes answers to nothing that is open for none', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin()
    await bench.untilRuns(1)
    await bench.longCalls.answer(taskId, { a: yes }, alice)
    expect((await bench.longCalls.get(taskId, alice)).status).toBe('working')
    expect((await bench.queue.list()).total).toBe(1)
  })

  test('what its client cannot answer ends with that', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin({ args: { asks: [['a']] }, can: ['sampling'] })
    const { outcome } = await bench.until(taskId, 'completed')
    expect(outcome).toMatchObject({ isError: true, envelope: { error: 'INPUT_REQUIRED' } })
  })

  test('and is cancelled asks no more, and takes no answer', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin(asking(['a']))
    await bench.until(taskId, 'input_required')
    await Promise.all([bench.longCalls.cancel(taskId, alice), bench.longCalls.cancel(taskId, alice)])
    await bench.until(taskId, 'cancelled')
    await bench.longCalls.answer(taskId, { a: yes }, alice)
    await bench.pass(1000)
    expect(await bench.longCalls.get(taskId, alice)).toMatchObject({ status: 'cancelled' })
    expect(bench.runs).toEqual([])
  })
})

describe('cancelling', () => {
  test('stops what runs, and leaves what has ended as it is', async () => {
    await using bench = await openBench()
    const [one, other] = [await bench.begin(), await bench.begin()]
    await bench.untilRuns(2)
    await bench.longCalls.cancel(one.taskId, alice)
    await bench.until(one.taskId, 'cancelled')
    expect(bench.runs.map(({ context }) => context.signal.aborted)).toEqual([true, false])
    bench.runs[1]?.end('done')
    const ended = await bench.until(other.taskId, 'completed')
    await bench.longCalls.cancel(other.taskId, alice)
    expect(await bench.longCalls.get(other.taskId, alice)).toEqual(ended)
  })
})

describe('who did not begin a call', () => {
  test('learns no more of it than of one that there never was', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin(asking(['a']))
    await bench.until(taskId, 'input_required')
    const attempts = (id: string) => [
      bench.longCalls.get(id, mallory),
      bench.longCalls.answer(id, { a: yes }, mallory),
      bench.longCalls.cancel(id, mallory)
    ]
    const told = async (id: string) =>
      (await Promise.allSettled(attempts(id))).map(settled => String(Object(settled).reason).replace(id, 'ID'))
    const unknown = Array(3).fill('AppError: There is no task "ID"; it may have expired')
    expect([await told(taskId), await told('none')]).toEqual([unknown, unknown])
    expect((await bench.longCalls.get(taskId, alice)).status).toBe('input_required')
  })

  test('cannot name a round of it, nor make a task of another kind one', async () => {
    await using bench = await openBench()
    const { taskId } = await bench.begin(asking(['a', 'b']))
    await bench.until(taskId, 'input_required')
    await bench.longCalls.answer(taskId, { a: yes }, alice)
    await expect(bench.longCalls.get(`${taskId}~2`, alice)).rejects.toEqual(failing('NOT_FOUND'))
    const { taskId: plain } = await bench.queue.submit({ type: 'noop', payload: {}, submitter: alice })
    await expect(bench.longCalls.get(plain, alice)).rejects.toEqual(failing('NOT_FOUND'))
  })
})

describe('its time to live', () => {
  test('is what the handle says: it ends what runs, and nobody knows the handle after it', async () => {
    await using bench = await openBench({ ttlMs: 60_000 })
    const [running, asked, ended] = [await bench.begin(), await bench.begin(asking(['a'])), await bench.begin()]
    await bench.untilRuns(2)
    bench.runs[1]?.end('done')
    await bench.until(ended.taskId, 'completed')
    expect(running.ttlMs).toBe(60_000)
    await bench.pass(59_000)
    for (const { taskId } of [running, asked, ended]) await bench.longCalls.get(taskId, alice)
    await bench.pass(31_500)
    for (const { taskId } of [running, asked, ended]) {
      await expect(bench.longCalls.get(taskId, alice)).rejects.toEqual(failing('NOT_FOUND'))
    }
    expect(bench.runs[0]?.context.signal.aborted).toBe(true)
    await expect(bench.longCalls.answer(asked.taskId, { a: yes }, alice)).rejects.toEqual(failing('NOT_FOUND'))
  })
})

describe('after a restart', () => {
  test('results, questions and answers are there, and what was cut off by the stop begins again', async () => {
    const directory = await emptyDirectory()
    const before = await openBench({ directory })
    const [ended, asked, running] = [await before.begin(), await before.begin(asking(['a', 'b'])), await before.begin()]
    await before.untilRuns(2)
    before.runs[0]?.end('done')
    await before.until(ended.taskId, 'completed')
    await before.until(asked.taskId, 'input_required')
    await before.longCalls.answer(asked.taskId, { a: yes }, alice)
    await before[Symbol.asyncDispose]()

    await using after = await openBench({ directory })
    expect((await after.longCalls.get(ended.taskId, alice)).outcome?.envelope.text).toBe('done {}')
    const { questions } = await after.longCalls.get(asked.taskId, alice)
    expect(Object.keys(questions ?? {})).toEqual(['b'])
    await after.longCalls.answer(asked.taskId, { b: no }, alice)
    await after.untilRuns(2)
    for (const run of after.runs) run.end('again')
    expect((await after.until(asked.taskId, 'completed')).outcome?.envelope.text).toContain(
      JSON.stringify({ a: yes, b: no })
    )
    expect((await after.until(running.taskId, 'completed')).outcome?.envelope.text).toBe('again {}')
  })
})
