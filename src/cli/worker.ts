/** `worker start`: a process that runs tasks of the queue of a data directory, beside the one that owns it. */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { systemClock } from '../core/clock.ts'
import { startNode } from '../node.ts'
import { configure, logOf } from './common.ts'
import { createFace } from './face.ts'
import { COMMON_OPTIONS } from './options.ts'
import { observeProcess } from './process-metrics.ts'
import { shareNode } from './share.ts'
import { telemetryOf } from './telemetry.ts'
import { type Command, EXIT, type Terminal, UsageError } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp worker start [options]

Runs tasks of the queue until it is stopped; then it finishes what runs, or gives it back. It works on the data directory of a
running server, and takes over the directory when nobody owns it. Tools that only compute run in this process, the others in
the one that owns the data directory, each as who submitted the task.

  --concurrency <n>      Tasks at once (default: the setting workers.concurrency)
  --id <name>            The name of this worker in worker_status (default: a new one)
  --capability <name>    What this worker can do besides; tasks may require it. May be repeated

Examples:
  ipfs-datasets-mcp worker start
  ipfs-datasets-mcp worker start --concurrency 8 --capability gpu
`

/** Nobody tells this worker of a cancellation before its next heartbeat, so its heartbeats come more often. */
const LEASE_MS = 15_000

export const worker: Command = {
  summary: 'Run tasks of the queue',
  help: HELP,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...COMMON_OPTIONS,
        concurrency: { type: 'string' },
        id: { type: 'string' },
        capability: { type: 'string', multiple: true }
      }
    })
    if (positionals.join(' ') !== 'start') throw new UsageError('A worker can only be started: worker start')
    const { concurrency, id = `worker-${randomUUID().slice(0, 8)}`, capability: capabilities = [], ...flags } = values
    return await work({ concurrency, workerId: id, capabilities }, flags, terminal)
  }
}

async function work(
  {
    concurrency,
    workerId,
    capabilities
  }: { concurrency: string | undefined; workerId: string; capabilities: string[] },
  flags: Record<string, string | boolean | undefined>,
  terminal: Terminal
) {
  const config = await configure({ ...flags, concurrency }, terminal)
  if (config.workers.concurrency === 0) throw new UsageError('A worker runs at least one task: --concurrency 1')
  const log = logOf(config, terminal)
  const { createCallSource, createRelayHandler, createWorker } = await import('../services/workers/index.ts')
  await using telemetry = await telemetryOf(config, log)
  await using node = await startNode(config, { log, tracer: telemetry?.tracer })
  observeProcess(node.metrics, terminal.usage)
  telemetry?.exportMetrics(node.metrics)
  await using _socket = shareNode(node, createFace(node, config, log), config, log)
  const evidence = { kind: 'process' } as const
  const hired = createWorker({
    workerId,
    // The queue counts with the principal that it sees, which is the user of this process.
    principal: { kind: 'local', id: 'local' },
    concurrency: config.workers.concurrency,
    capabilities,
    leaseMs: LEASE_MS,
    cancelGraceMs: config.workers.cancel_grace_s * 1000,
    stopTimeoutMs: config.server.stop_timeout_s * 1000,
    source: createCallSource(node.invoke, evidence),
    handlers: [createRelayHandler({ ...node, evidence })],
    clock: systemClock,
    log
  })
  await hired.start()
  terminal.stderr.write(`Worker ${workerId} runs up to ${config.workers.concurrency} tasks at once\n`)
  // Timers of ours keep no process alive, and between two calls there may be nothing else.
  const alive = setInterval(() => {}, 60_000)
  try {
    await Promise.race([hired.ended(), aborted(terminal.stop)])
    if (terminal.stop.aborted) return EXIT.ok
    terminal.stderr.write(`Worker ${workerId} was unregistered by somebody\n`)
    return EXIT.failed
  } finally {
    await hired.stop()
    clearInterval(alive)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
