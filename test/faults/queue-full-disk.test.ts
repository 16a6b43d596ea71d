/** A queue on a real file system that is full. Needs the right to mount one in memory; says so where it is missing. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { failing } from '../suites/queue/failing.ts'
import { allTasks, openQueue, submitter } from './open-queue.ts'
import { mountSmallDisk, unmountSmallDisk } from './small-disk.ts'

const disk = await mountSmallDisk(6)
/** More than fit. */
const MAX_TASKS = 2000

describe.skipIf(!disk)('a queue on a full disk', () => {
  const directory = join(disk ?? '', 'queue')
  const padding = join(disk ?? '', 'padding')
  afterAll(() => unmountSmallDisk(disk ?? ''))

  test('refuses with STORAGE_FULL, answers and loses nothing meanwhile, and works on when there is room', async () => {
    await writeFile(padding, new Uint8Array(3 << 20))
    const acknowledged: string[] = []
    const submit = async (taskId: string) => {
      const payload = { text: taskId.repeat(1000) }
      const submitted = await open.queue.submit({ taskId, type: 'noop', payload, submitter })
      acknowledged.push(submitted.taskId)
    }
    const known = async () => [...(await allTasks(open.queue)).keys()]

    let open = await openQueue(directory)
    const filling = (async () => {
      for (let count = 0; count < MAX_TASKS; count += 4) {
        await Promise.all([0, 1, 2, 3].map(index => submit(`task-${count + index}`)))
      }
    })()
    await expect(filling).rejects.toEqual(failing('STORAGE_FULL'))
    expect(acknowledged.length).toBeGreaterThan(10)

    const onFull = await known()
    expect(onFull).toEqual(expect.arrayContaining(acknowledged))
    const before = await open.queue.stats()
    expect(before.queued).toBe(onFull.length)
    for (let count = 0; count < 20; count++) {
      await expect(submit(`late-${count}`)).rejects.toEqual(failing('STORAGE_FULL'))
    }
    expect(await known()).toEqual(onFull)

    await rm(padding)
    await submit('with room')
    const claim = { workerId: 'w1', principal: submitter, max: 2 }
    const [first, second] = await open.queue.claim(claim)
    if (!first || !second) throw new Error('There was nothing to claim')
    expect(second.leaseToken > first.leaseToken).toBe(true)
    await open.queue.complete({
      taskId: first.task.taskId,
      leaseToken: first.leaseToken,
      outcome: { status: 'completed' }
    })

    await open[Symbol.asyncDispose]()
    open = await openQueue(directory)
    expect(await known()).toEqual([...onFull, 'with room'])
    expect((await open.queue.get(first.task.taskId)).status).toBe('completed')
    await open[Symbol.asyncDispose]()
  })
})
