/** The floor of whatever the queue writes: transactions of one small row in the same kind of file, without queue or thread. */
import { join } from 'node:path'
import { openQueueFile } from '../src/services/queue/sqlite-file.ts'

export interface BareCommits extends Disposable {
  /** Commits per second, over so long. */
  rate(ms: number): number
  /** What each of so many takes, in milliseconds. */
  times(count: number): number[]
}

export function bareCommits(directory: string): BareCommits {
  const database = openQueueFile(join(directory, 'queue.db'))
  const replace = database.prepare('INSERT OR REPLACE INTO held VALUES (?, ?)')
  let count = 0
  const commit = () => replace.run('bare', String(count++))
  return {
    rate(ms) {
      const from = count
      const startedAt = performance.now()
      while (performance.now() - startedAt < ms) commit()
      return ((count - from) * 1000) / (performance.now() - startedAt)
    },
    times: calls =>
      Array.from({ length: calls }, () => {
        const startedAt = performance.now()
        commit()
        return performance.now() - startedAt
      }),
    [Symbol.dispose]: () => database.close()
  }
}
