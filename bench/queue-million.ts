/** A million waiting tasks: the memory of the process that has them, and how soon another serves after that one was killed. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Bench, BenchContext } from './bench.ts'
import { plainFigure } from './figures.ts'

const TASKS = 1_000_000
const RESTARTS = 5
const MB = 2 ** 20
const root = fileURLToPath(new URL('..', import.meta.url))

export const queueMillion: Bench = async ({ scratch, own, say }) => {
  const script = await bundle(join(scratch, 'bundle'))
  const directory = join(scratch, 'queue')
  const startedAt = performance.now()
  let child = start(own, script, ['fill', directory, String(TASKS)])
  const { queued } = await child.next<{ queued: number }>()
  say(`${queued} tasks submitted in ${Math.round((performance.now() - startedAt) / 1000)} s`)
  const filled = (await child.next<{ rssBytes: number }>()).rssBytes / MB
  const servedMs: number[] = []
  const rss: number[] = []
  for (let restart = 0; restart < RESTARTS; restart++) {
    await child.kill()
    const killedAt = performance.now()
    child = start(own, script, ['serve', directory])
    const first = await child.next<{ queued: number; claimed: number }>()
    servedMs.push(performance.now() - killedAt)
    if (first.queued < TASKS - 1000 || first.claimed !== 1) throw new Error(`It served ${JSON.stringify(first)}`)
    rss.push((await child.next<{ rssBytes: number }>()).rssBytes / MB)
  }
  await child.kill()
  return [
    plainFigure('resident with 1,000,000 waiting, at work', 'MB', rss, { atMost: 200 }),
    plainFigure('the same, in the process that submitted them', 'MB', [filled]),
    plainFigure('killed → the next process has claimed', 'ms', servedMs, { atMost: 500 })
  ]
}

/** As the program is shipped: one file for each thread. */
async function bundle(outdir: string): Promise<string> {
  await build({
    absWorkingDir: root,
    entryPoints: { child: 'bench/queue-child.ts', 'sqlite-thread': 'src/services/queue/sqlite-thread.ts' },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.js' },
    platform: 'node',
    target: 'node24',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"
    }
  })
  const { writeFile } = await import('node:fs/promises')
  await writeFile(join(outdir, 'package.json'), '{"type":"module"}')
  return join(outdir, 'child.js')
}

function start(own: BenchContext['own'], script: string, args: string[]) {
  const child = fork(script, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(child, 'exit')
  const messages: unknown[] = []
  const arrivals: (() => void)[] = []
  child.on('message', message => {
    messages.push(message)
    arrivals.shift()?.()
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  own.defer(kill)
  async function next<T>(): Promise<T> {
    if (messages.length === 0) {
      const arrival = new Promise<void>(resolve => arrivals.push(resolve))
      const death = ended.then(() => Promise.reject(new Error('The process of the queue ended early')))
      await Promise.race([arrival, death])
    }
    // The script sends what its callers here expect.
    return messages.shift() as T
  }
  return { next, kill }
}
