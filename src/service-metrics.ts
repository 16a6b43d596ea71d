/** What is measured of services that count for themselves. They are looked at when somebody reads the metrics, and never else. */
import type { Clock } from './core/clock.ts'
import type { MetricName, Metrics } from './core/metrics.ts'
import type { Cache } from './services/cache/api.ts'
import type { Datasets } from './services/datasets/api.ts'
import type { Peers, PeersStatus } from './services/peers/api.ts'
import { type Queue, type QueueStats, TASK_STATUSES, type TaskChange, type Worker } from './services/queue/api.ts'

/** A store that hangs must not keep the other metrics back. */
const REFRESH_LIMIT_MS = 1000

const metric = (name: string, unit: string, help: string): MetricName => ({ name: `ipfs_datasets.${name}`, unit, help })

export function observeQueue(metrics: Metrics, queue: Queue, clock: Clock): void {
  let stats: QueueStats | undefined
  let workers: readonly Worker[] | undefined
  let oldestAt: number | undefined

  async function refresh(): Promise<void> {
    const [counted, known, waiting] = await Promise.all([
      queue.stats(),
      queue.workers(),
      queue.list({ status: 'queued', limit: 1 })
    ])
    stats = counted
    workers = known
    oldestAt = waiting.tasks[0]?.createdAt
  }
  metrics.beforeRead(async () => {
    stats = undefined
    workers = undefined
    await Promise.race([refresh(), new Promise<void>(resolve => clock.after(REFRESH_LIMIT_MS, resolve))])
  })

  const tasks = metric('queue.tasks', '{task}', 'Tasks by status')
  for (const status of TASK_STATUSES) metrics.gauge(tasks, () => stats?.counts[status], { status })
  metrics.gauge(metric('queue.oldest_waiting', 's', 'Age of the oldest task that waits; 0 if none does'), () => {
    if (!stats) return undefined
    return oldestAt === undefined || stats.counts.queued === 0 ? 0 : Math.max(0, clock.now() - oldestAt) / 1000
  })
  metrics.gauge(metric('queue.paused', '{queue}', '1 while nothing is claimed'), () => stats && Number(stats.isPaused))

  const changes = metric('queue.changes', '{change}', 'Changes of tasks: submitted, claimed, finished and so on')
  const counters = new Map<TaskChange['event'], ReturnType<Metrics['counter']>>()
  queue.onChange(({ event }) => {
    const counter = counters.get(event) ?? metrics.counter(changes, { event })
    counters.set(event, counter)
    counter.add()
  })

  const active = () => workers?.filter(({ status }) => status !== 'unregistered')
  const sum = (count: (worker: Worker) => number) => active()?.reduce((all, worker) => all + count(worker), 0)
  metrics.gauge(metric('worker.count', '{worker}', 'Workers that are registered'), () => active()?.length)
  metrics.gauge(metric('worker.running', '{task}', 'Tasks that workers run'), () =>
    sum(({ running }) => running.length)
  )
  metrics.gauge(metric('worker.places', '{task}', 'Tasks that workers may run at once'), () =>
    sum(({ maxConcurrent }) => maxConcurrent)
  )
}

export function observePeers(metrics: Metrics, peers: Pick<Peers, 'status'>): void {
  let status: PeersStatus | undefined
  metrics.beforeRead(() => {
    status = undefined
    status = peers.status()
  })
  metrics.gauge(metric('peer.connections', '{connection}', 'Open connections to peers'), () => status?.connections)
  metrics.gauge(metric('peer.known', '{peer}', 'Peers that are known'), () => status?.knownPeers)
  metrics.gauge(metric('peer.trusted', '{peer}', 'Peers that are trusted'), () => status?.trustedPeers)
  metrics.total(metric('peer.handshakes', '{handshake}', 'Handshakes of connections'), () => status?.pool.handshakes)
  metrics.total(metric('peer.refused', '{connection}', 'Connections of strangers refused'), () => status?.refused)
  const streams = metric('peer.streams', '{request}', 'Requests to peers by the stream they took: kept, or a new one')
  metrics.total(streams, () => status?.pool.hits, { stream: 'kept' })
  metrics.total(streams, () => status?.pool.misses, { stream: 'new' })
}

export function observeCache(metrics: Metrics, cache: Pick<Cache, 'counters' | 'size'>): void {
  const looks = metric('cache.lookups', '{lookup}', 'Values asked of the cache')
  metrics.total(looks, () => cache.counters().hits, { result: 'hit' })
  metrics.total(looks, () => cache.counters().misses, { result: 'miss' })
  metrics.total(metric('cache.put_out', '{entry}', 'Values that made room for others'), () => cache.counters().putOut)
  metrics.gauge(metric('cache.entries', '{entry}', 'Values in the cache'), () => cache.size().entries)
  metrics.gauge(metric('cache.size', 'By', 'Bytes of the values in the cache'), () => cache.size().bytes)
}

export function observeDatasets(metrics: Metrics, datasets: Pick<Datasets, 'engines'>): void {
  const engines = metric('engine.count', '{engine}', 'DuckDB engines for queries, at work and open for the next one')
  metrics.gauge(engines, () => datasets.engines().busy, { state: 'busy' })
  metrics.gauge(engines, () => datasets.engines().idle, { state: 'idle' })
  const queries = metric(
    'engine.queries',
    '{query}',
    'Queries by the engine they took: one that was open, or a new one'
  )
  metrics.total(queries, () => datasets.engines().reused, { engine: 'kept' })
  metrics.total(queries, () => datasets.engines().opened, { engine: 'new' })
}
