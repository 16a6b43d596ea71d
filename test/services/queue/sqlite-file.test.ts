/** The file under the queue: what survives its closing, its damage, and other versions and processes. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { answer } from '../../../src/services/queue/logic/read.ts'
import { createSqliteStore } from '../../../src/services/queue/sqlite.ts'
import { openQueueFile } from '../../../src/services/queue/sqlite-file.ts'
import { STEPS } from '../../../src/services/queue/sqlite-schema.ts'
import { createSqliteTables } from '../../../src/services/queue/sqlite-tables.ts'
import type { Operation, QueueStore, TaskRow, TaskSpec, Time } from '../../../src/services/queue/store.ts'
import { poolKey } from '../../../src/services/queue/tables.ts'
import { failing } from '../../suites/queue/failing.ts'

const NOW = 1_700_000_000_000
const time: Time = { now: NOW, steady: NOW }
const principal = { kind: 'local', id: 'alice' } as const

let directory: string
let path: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'queue-file-'))
  path = join(directory, 'queue', 'queue.db')
})
afterEach(() => rm(directory, { recursive: true }))

const submit = (taskId: string): Operation => ({
  kind: 'submit',
  task: {
    taskId,
    type: 'noop',
    model: '',
    priority: 5,
    spec: JSON.stringify({
      submitter: principal,
      retry: { maxAttempts: 3, baseMs: 0, factor: 1, maxMs: 0, jitter: 0, nonRetryable: [] }
    } satisfies TaskSpec),
    demands: poolKey({ type: 'noop', requires: [], sessionId: null, stickyWorkerId: null }),
    payloadJson: `{"of":"${taskId}"}`,
    payloadCid: null,
    identity: `key of ${taskId}`,
    workflowId: null,
    notBefore: null,
    deadlineAt: null
  }
})

const claim: Operation = {
  kind: 'claim',
  terms: {
    workerId: 'w1',
    principal,
    types: [],
    capabilities: [],
    sessionId: null,
    max: 1,
    leaseMs: 30_000,
    maxPriority: 10,
    taskId: null
  }
}

async function claimOne(store: QueueStore, at = time): Promise<TaskRow> {
  const { outcomes } = await store.commit([claim], at)
  const [row] = Object(outcomes[0]).value.rows
  return row
}

async function withStore<T>(use: (store: QueueStore) => Promise<T>, at = time): Promise<T> {
  const store = createSqliteStore({ path })
  await store.open(at)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

describe('a restart', () => {
  test('keeps every task as it was, its counts, its workers and its pause', async () => {
    const questions = [
      { kind: 'task', taskId: 'a' },
      { kind: 'task', taskId: 'b' },
      { kind: 'stats' },
      { kind: 'workers' }
    ] as const
    const ask = (store: QueueStore) => Promise.all(questions.map(question => store.read(question)))
    const before = await withStore(async store => {
      await store.commit([submit('a'), submit('b')], time)
      await claimOne(store)
      await store.commit([{ kind: 'pause', reason: 'for the night' }], time)
      return await ask(store)
    })
    expect(before[0]).toMatchObject({ status: 'running', workerId: 'w1', payloadJson: '{"of":"a"}' })
    expect(before[2]).toMatchObject({ isPaused: true, queued: 1, running: 1 })
    expect(await withStore(ask)).toEqual(before)
  })

  test('makes larger tokens, even if the wall clock went back', async () => {
    const tokens: (string | null)[] = []
    for (let day = 5; day > 0; day--) {
      const at = { now: NOW + day * 86_400_000, steady: NOW }
      await withStore(async store => {
        await store.commit([submit(`a${day}`), submit(`b${day}`)], at)
        for (let count = 0; count < 2; count++) tokens.push((await claimOne(store, at)).leaseToken)
      }, at)
    }
    expect(tokens).toHaveLength(10)
    expect(tokens).toEqual([...new Set(tokens)].sort())
  })

  test('after the wall clock went back prolongs no lease and no attempt', async () => {
    await withStore(async store => {
      await store.commit([submit('a')], time)
      await claimOne(store)
    })
    const steady = NOW - 86_400_000
    const row = await withStore(store => store.read({ kind: 'task', taskId: 'a' }), { now: steady, steady })
    expect(row?.leaseUntil).toBe(steady + 30_000)
  })
})

describe('a batch that more is coming for', () => {
  const more = { isMoreComing: true }

  test('is answered with those that it waited for', async () => {
    await withStore(async store => {
      const answered: string[] = []
      const parts = ['a', 'b'].map(name =>
        store.commit([submit(name)], time, more).then(() => void answered.push(name))
      )
      await new Promise(resolve => setTimeout(resolve, 50))
      expect(answered).toEqual([])
      await store.commit([submit('c')], time)
      await Promise.all(parts)
      expect(answered).toEqual(['a', 'b'])
    })
    const kept = (taskId: string) => withStore(store => store.read({ kind: 'task', taskId }))
    for (const taskId of ['a', 'b', 'c']) expect(await kept(taskId)).toMatchObject({ status: 'queued' })
  })

  test('waits for no read: that ends the transaction, and sees it whole', async () => {
    await withStore(async store => {
      const part = store.commit([submit('a')], time, more)
      expect(await store.read({ kind: 'task', taskId: 'a' })).toMatchObject({ taskId: 'a' })
      expect((await part).outcomes).toMatchObject([{ value: { taskId: 'a' } }])
      expect((await store.commit([submit('b')], time)).outcomes).toMatchObject([{ value: { taskId: 'b' } }])
    })
  })

  test('fails with the one that failed, and nothing of either is done', async () => {
    await withStore(async store => {
      const part = store.commit([submit('a')], time, more)
      // It is no operation at all: a fault of the program, which ends the transaction.
      const broken = store.commit([{ kind: 'submit' } as unknown as Operation], time)
      await expect(part).rejects.toEqual(failing('INTERNAL'))
      await expect(broken).rejects.toEqual(failing('INTERNAL'))
      expect(await store.read({ kind: 'task', taskId: 'a' })).toBeUndefined()
      await store.commit([submit('a')], time)
      expect(await store.read({ kind: 'task', taskId: 'a' })).toMatchObject({ taskId: 'a', status: 'queued' })
    })
  })
})

test('the file is for its user alone, and no draft stays beside it', async () => {
  await withStore(async store => {
    await store.commit([submit('a')], time)
    const names = await readdir(join(directory, 'queue'))
    expect(names.sort()).toEqual(['queue.db', 'queue.db-wal'])
    for (const name of names) expect((await stat(join(directory, 'queue', name))).mode & 0o777).toBe(0o600)
  })
})

test('a second process is told who has the queue, and the first goes on', async () => {
  await withStore(async store => {
    const program = `
      const { createSqliteStore } = await import(${JSON.stringify(new URL('../../../src/services/queue/sqlite.ts', import.meta.url).href)})
      await createSqliteStore({ path: ${JSON.stringify(path)} }).open({ now: 1, steady: 1 })
        .then(() => console.log('opened'), error => console.log(error.code + ' ' + error.message))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])
    expect(stdout).toContain(`DATA_DIRECTORY_BUSY Another process has the task queue at ${path}`)
    await store.commit([submit('a')], time)
    expect(await store.read({ kind: 'task', taskId: 'a' })).toMatchObject({ taskId: 'a', status: 'queued' })
  })
})

describe('another version', () => {
  test('that is newer is refused, and the file left as it was', async () => {
    await withStore(async store => void (await store.commit([submit('a')], time)))
    edit('PRAGMA user_version = 99')
    const before = await readFile(path)
    await expect(createSqliteStore({ path }).open(time)).rejects.toEqual(failing('DATA_DIRECTORY_VERSION'))
    expect(await readFile(path)).toEqual(before)
  })

  test('that is older is brought up to date, with a copy of what it was', async () => {
    await withStore(async store => void (await store.commit([submit('a')], time)))
    const newer = [...STEPS, 'ALTER TABLE tasks ADD COLUMN colour TEXT;']
    const database = openQueueFile(path, newer)
    expect(database.prepare('SELECT task_id, colour FROM tasks').all()).toMatchObject([{ task_id: 'a', colour: null }])
    database.close()
    await expect(createSqliteStore({ path }).open(time)).rejects.toEqual(failing('DATA_DIRECTORY_VERSION'))
    await copyFile(`${path}.version-${STEPS.length}`, path)
    const kept = await withStore(store => store.read({ kind: 'task', taskId: 'a' }))
    expect(kept).toMatchObject({ taskId: 'a', status: 'queued' })
  })

  function edit(sql: string): void {
    const database = new DatabaseSync(path)
    database.exec(sql)
    database.close()
  }
})

describe('a damaged file', () => {
  const refused = expect.objectContaining({ code: 'BAD_DATA', message: expect.stringContaining('queue.db') })
  const reopened = async () => {
    const store = createSqliteStore({ path })
    await store.open(time)
    await store.close()
  }

  test.each([
    ['of other bytes', () => writeFile(path, 'not a database at all, but long enough to be looked at')],
    ['that is empty', () => truncate(path, 0)],
    ['that is missing beside its log', () => rm(path).then(() => writeFile(`${path}-wal`, 'some log'))]
  ])('%s is refused and left alone: nothing begins anew in its place', async (_what, damage) => {
    await withStore(async store => void (await store.commit([submit('a')], time)))
    await damage()
    const before = await readdir(join(directory, 'queue'))
    await expect(reopened()).rejects.toEqual(refused)
    expect(await readdir(join(directory, 'queue'))).toEqual(before)
  })

  test('of another program is refused', async () => {
    await mkdir(join(directory, 'queue'))
    const database = new DatabaseSync(path)
    database.exec('CREATE TABLE other (a)')
    database.close()
    await expect(reopened()).rejects.toEqual(refused)
  })

  test('whose pages are overwritten fails with its name when they are read, and never answers something else', async () => {
    await withStore(async store => {
      for (let index = 0; index < 400; index++) await store.commit([submit(`t${index}`)], time)
    })
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0xa5, 8192))
    await expect(reopened()).rejects.toEqual(refused)
  })
})

test('a file that a crash left half made is made again', async () => {
  await mkdir(join(directory, 'queue'))
  await writeFile(`${path}.new`, 'half')
  await withStore(async store => void (await store.commit([submit('a')], time)))
})

test('a log that is cut or damaged anywhere gives exactly the batches that were whole before', async () => {
  const names: string[][] = []
  /** The length of the log when each batch was acknowledged. */
  const lengths: number[] = []
  const copy = { file: Buffer.alloc(0), log: Buffer.alloc(0) }
  await withStore(async store => {
    for (let index = 0; index < 12; index++) {
      const pair = [`a${index}`, `b${index}`]
      await store.commit(pair.map(submit), time)
      names.push(pair)
      lengths.push((await stat(`${path}-wal`)).size)
    }
    copy.file = await readFile(path)
    copy.log = await readFile(`${path}-wal`)
  })

  const HEADER = 32
  const FRAME = 24 + 4096
  const cuts = [0, 1, HEADER - 1, HEADER]
  for (let at = HEADER; at < copy.log.length; at += FRAME) cuts.push(at + 1, at + 23, at + 24, at + 2048, at + FRAME)
  for (const cut of cuts) {
    expect(await survivors(copy.log.subarray(0, cut)), `cut at ${cut}`).toEqual(wholeBefore(cut))
  }
  for (let at = HEADER; at < copy.log.length; at += FRAME) {
    const damaged = Buffer.from(copy.log)
    damaged[at + 1000] = (damaged[at + 1000] ?? 0) ^ 1
    expect(await survivors(damaged), `damaged in the frame at ${at}`).toEqual(wholeBefore(at))
  }

  function wholeBefore(cut: number): string[] {
    return names.filter((_, index) => (lengths[index] ?? 0) <= cut).flat()
  }

  async function survivors(log: Buffer): Promise<string[]> {
    await writeFile(path, copy.file)
    await writeFile(`${path}-wal`, log)
    const database = openQueueFile(path)
    try {
      const tables = createSqliteTables(database)
      const query = { status: null, types: [], workerId: null, tags: [], minPriority: 0, workflowId: null } as const
      const page = answer(tables, {
        kind: 'list',
        query: { ...query, order: 'oldest', limit: 99, after: null, offset: 0 }
      })
      expect(page.total).toBe(page.rows.length)
      expect(tables.tally.counts.queued).toBe(page.rows.length)
      return page.rows.map(row => row.taskId)
    } finally {
      database.close()
    }
  }
})
