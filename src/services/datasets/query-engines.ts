/**
 * Engines that stay open for the next query over the same files: opening one and reading footers takes longer than most questions.
 * Each is closed to all other files and settings before the first query sees it, and serves one query at a time.
 */
import type { EngineUse } from './api.ts'
import { type Context, openScratchEngine } from './context.ts'
import type { Engine } from './engine.ts'
import { filesOf, forgetTable } from './kept-results.ts'
import { parquet } from './parquet-writer.ts'
import type { Scratch } from './store.ts'

/** One for judging, and two for questions: with several threads and with one. */
const MAX_IDLE = 3
const IDLE_MS = 30_000

export interface View {
  name: string
  /** Of a Parquet file. */
  path: string
}

interface OpenEngine {
  key: string
  engine: Engine
  scratch: Scratch
  /** Resolves when nothing of the last query is left. */
  settled: Promise<void>
  cancelTimer: () => void
}

export interface QueryEngines extends AsyncDisposable {
  status(): EngineUse
  /** Works in an engine that sees these views and nothing else. It is used again unless the work fails. */
  use<T>(views: readonly View[], threads: number, work: (engine: Engine, scratch: Scratch) => Promise<T>): Promise<T>
}

/** @param context looked at when an engine is needed */
export function createQueryEngines(context: () => Context): QueryEngines {
  /** Last used last. */
  const idle: OpenEngine[] = []
  const closing = new Set<Promise<void>>()
  let isClosed = false
  const counted = { busy: 0, reused: 0, opened: 0 }

  const engines: QueryEngines = {
    status: () => ({ ...counted, idle: idle.length }),
    async use(views, threads, work) {
      const key = JSON.stringify([threads, views.map(({ name, path }) => [name, path])])
      const open = (await takeIdle(key)) ?? (await openFor(key, views, threads))
      counted.busy++
      try {
        const result = await work(open.engine, open.scratch)
        giveBack(open)
        return result
      } catch (error) {
        await close(open)
        throw error
      } finally {
        counted.busy--
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      for (const open of idle.splice(0)) leave(open)
      await Promise.all(closing)
    }
  }
  return engines

  async function openFor(key: string, views: readonly View[], threads: number): Promise<OpenEngine> {
    const { engine, scratch } = await openScratchEngine(context())
    counted.opened++
    const open = { key, engine, scratch, settled: Promise.resolve(), cancelTimer: () => {} }
    try {
      for (const { name, path } of views) await engine.view(name, `SELECT * FROM ${parquet(path)}`)
      await engine.closeTo([...views.map(({ path }) => path), ...filesOf(scratch)])
      await engine.lock(threads)
      return open
    } catch (error) {
      await close(open)
      throw error
    }
  }

  async function takeIdle(key: string): Promise<OpenEngine | undefined> {
    const at = idle.findLastIndex(open => open.key === key)
    const [open] = at === -1 ? [] : idle.splice(at, 1)
    if (!open) return undefined
    open.cancelTimer()
    try {
      await open.settled
      counted.reused++
      return open
    } catch {
      await close(open)
      return undefined
    }
  }

  function giveBack(open: OpenEngine): void {
    if (isClosed) {
      leave(open)
      return
    }
    open.settled = forgetTable(open.engine)
    // Whoever takes it next hears of a failure.
    open.settled.catch(() => {})
    open.cancelTimer = context().clock.after(IDLE_MS, () => {
      idle.splice(idle.indexOf(open), 1)
      leave(open)
    })
    idle.push(open)
    const oldest = idle.length > MAX_IDLE ? idle.shift() : undefined
    if (oldest) leave(oldest)
  }

  /** Closes an idle engine behind the back of its callers. */
  function leave(open: OpenEngine): void {
    open.cancelTimer()
    const closed = open.settled
      .catch(() => {})
      .then(() => close(open))
      .finally(() => closing.delete(closed))
    closing.add(closed)
  }
}

async function close({ engine, scratch }: OpenEngine): Promise<void> {
  await engine[Symbol.asyncDispose]()
  await scratch[Symbol.asyncDispose]()
}
