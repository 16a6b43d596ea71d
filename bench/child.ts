/** A server process of a bench: told from the server's side by `child-report.ts`. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const REPLY_LIMIT_MS = 30_000

export interface Usage {
  /** Processor time of the whole process so far. */
  cpuUs: number
  rssBytes: number
  heapUsedBytes: number
}

export interface Child extends AsyncDisposable {
  port: number
  usage(): Promise<Usage>
  /** The usage after everything that can be freed was. */
  settledUsage(): Promise<Usage>
  /** Asks what the script answers; one question at a time. */
  ask<T>(question: string): Promise<T>
}

/** Starts a script of this directory and waits for the port that it listens on. */
export async function startChild(script: string, args: string[] = []): Promise<Child> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc']
  })
  const ended = once(child, 'exit')
  /** One question at a time, so that the next message is its answer. */
  async function reply<T>(question?: string): Promise<T> {
    const answer = once(child, 'message', { signal: AbortSignal.timeout(REPLY_LIMIT_MS) })
    if (question !== undefined) child.send(question)
    const died = ended.then(([code, signal]) => {
      throw new Error(`${script} ended early: ${signal ?? `code ${code}`}`)
    })
    // The scripts here answer what the callers below expect.
    const [value] = (await Promise.race([answer, died])) as [T]
    return value
  }

  async function end(): Promise<void> {
    child.kill('SIGKILL')
    await ended
  }

  try {
    const { port } = await reply<{ port: number }>()
    return {
      port,
      usage: () => reply<Usage>('usage'),
      settledUsage: () => reply<Usage>('settle'),
      ask: reply,
      [Symbol.asyncDispose]: end
    }
  } catch (error) {
    await end()
    throw error
  }
}
