/** Other durable queues: BullMQ on Redis and pg-boss on PostgreSQL, each with its server to itself. */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { payload } from './queue-open.ts'
import { Absent, startPostgres, startRedis } from './rival-programs.ts'

/** Installed where they are used: nothing else here needs them. */
const PACKAGES = ['bullmq@6.7.0', 'ioredis@6.0.0', 'pg-boss@12.38.0']
const NAME = 'bench'
const result = { rows: 3 }

export interface AnyQueue {
  /** Answers when the task is durable. */
  submit(): Promise<unknown>
  /** Workers that run nothing, one task at a time each. Answers what ends them. */
  work(workers: number, onDone: () => void): Promise<() => Promise<void>>
}

interface RivalPackages {
  Queue: new (
    name: string,
    options: object
  ) => { add(name: string, data: object): Promise<unknown>; close(): Promise<void> }
  Worker: new (
    name: string,
    run: () => Promise<object>,
    options: object
  ) => {
    on(event: 'completed', listener: () => void): void
    waitUntilReady(): Promise<unknown>
    close(): Promise<void>
  }
  PgBoss: new (
    options: object
  ) => {
    on(event: 'error', listener: (error: Error) => void): void
    start(): Promise<unknown>
    stop(options: object): Promise<void>
    createQueue(name: string): Promise<void>
    send(name: string, data: object): Promise<unknown>
    fetch(name: string): Promise<{ id: string }[]>
    complete(name: string, id: string, data: object): Promise<unknown>
  }
}

/** Absent if there is no way to the registry. */
export async function installRivals(directory: string): Promise<RivalPackages> {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'package.json'), '{"private":true}')
  const entry = join(directory, 'rivals.mjs')
  await writeFile(entry, "export { Queue, Worker } from 'bullmq'\nexport { PgBoss } from 'pg-boss'\n")
  try {
    await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...PACKAGES], {
      cwd: directory
    })
    // The packages have the parts named above; their own types are not here when this is checked.
    return (await import(pathToFileURL(entry).href)) as RivalPackages
  } catch (error) {
    throw new Absent(`${PACKAGES.join(', ')} could not be installed: ${String(error)}`)
  }
}

export async function openBullMq({ Queue, Worker }: RivalPackages, own: AsyncDisposableStack): Promise<AnyQueue> {
  const connection = { path: await startRedis(own), maxRetriesPerRequest: null }
  const queue = new Queue(NAME, { connection })
  own.defer(() => queue.close())
  return {
    submit: () => queue.add('noop', payload),
    async work(count, onDone) {
      const workers = Array.from({ length: count }, () => new Worker(NAME, async () => result, { connection }))
      for (const worker of workers) worker.on('completed', onDone)
      await Promise.all(workers.map(worker => worker.waitUntilReady()))
      return async () => void (await Promise.all(workers.map(worker => worker.close())))
    }
  }
}

export async function openPgBoss({ PgBoss }: RivalPackages, own: AsyncDisposableStack): Promise<AnyQueue> {
  const host = await startPostgres(own)
  const boss = new PgBoss({ host, user: 'bench', database: 'postgres', max: 32, schedule: false, supervise: false })
  let isStopping = false
  boss.on('error', error => {
    // Connections that the end of the server closes.
    if (!isStopping) console.error(String(error))
  })
  await boss.start()
  own.defer(async () => {
    isStopping = true
    await boss.stop({ graceful: false })
  })
  await boss.createQueue(NAME)
  return {
    submit: () => boss.send(NAME, payload),
    async work(count, onDone) {
      let isOver = false
      // Its own workers look for tasks twice a second at most; these take the next at once.
      async function run(): Promise<void> {
        while (!isOver) {
          const jobs = await boss.fetch(NAME)
          for (const { id } of jobs) {
            await boss.complete(NAME, id, result)
            onDone()
          }
          if (jobs.length === 0) await sleep(1)
        }
      }
      const running = Array.from({ length: count }, run)
      return async () => {
        isOver = true
        await Promise.all(running)
      }
    }
  }
}
