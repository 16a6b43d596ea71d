/** The workers of a history: the shipping worker, killed, frozen, stopped and started again, under the same names. */
import { AppError } from '../../../src/core/errors.ts'
import { silentLog } from '../../../src/core/log.ts'
import { LEASE_MS } from '../../../src/services/queue/api.ts'
import type { TaskHandler, TaskRun, TaskWorker } from '../../../src/services/workers/api.ts'
import { createWorker } from '../../../src/services/workers/worker.ts'
import type { History } from '../history.ts'
import { createCaller } from '../world/calls.ts'
import { createHost, type Host } from '../world/host.ts'
import type { Network } from '../world/network.ts'
import type { World } from '../world/world.ts'
import { createRemoteSource, type RemoteSource } from './source.ts'
import { actor, TYPES, type Work } from './work.ts'

export interface WorkerProcess {
  readonly host: Host
  kill(downMs: number): void
  /** Ends as it should, and begins again. */
  restart(): void
}

export interface WorkerProcessOptions {
  workerId: string
  /** It then takes everything, and asks so seldom that an arrival it sleeps through is found out. */
  isPatient: () => boolean
}

export function createWorkerProcess(
  world: World,
  network: Network,
  history: History,
  { workerId, isPatient }: WorkerProcessOptions
): WorkerProcess {
  const dice = world.dice.split()
  const wall = { offsetMs: Math.round(dice.between(-5000, 5000)) }
  let host: Host
  let worker: TaskWorker
  let downMs = 0

  function begin(): void {
    const own = createHost(world, {
      name: workerId,
      wall,
      rate: isPatient() ? 1 : dice.between(0.98, 1.02),
      onKilled: () => world.after(downMs, begin)
    })
    host = own
    downMs = dice.between(100, 5000)
    const source = createRemoteSource(createCaller(world, network, own, history), own)
    const isGeneralist = isPatient() || workerId === 'worker1' || dice.chance(0.5)
    const started = createWorker({
      workerId,
      principal: actor,
      source,
      clock: own.clock,
      log: silentLog,
      concurrency: 1 + dice.below(3),
      handlers: (isGeneralist ? TYPES : [dice.pick(TYPES)]).map(type => handlerOf(type, own, source)),
      capabilities: isGeneralist ? ['gpu'] : [],
      leaseMs: isPatient() ? LEASE_MS.max : dice.pick([2000, 5000, 12_000]),
      cancelGraceMs: 2000,
      stopTimeoutMs: 3000,
      ...(dice.chance(0.3) && { sessionId: dice.pick(['morning', 'evening']) })
    })
    worker = started
    const sleep = (ms: number) => new Promise<void>(resolve => void own.clock.after(ms, resolve))
    const serve = async (): Promise<void> => {
      for (;;) {
        await started.start().then(
          () => started.ended(),
          () => sleep(500)
        )
        // Somebody unregistered it, or stopped it: it comes back.
        await started.stop().catch(() => {})
        await sleep(1000)
      }
    }
    void serve()
  }

  function handlerOf(type: string, own: Host, source: RemoteSource): TaskHandler {
    return {
      type,
      async run({ task, payload, signal, log }) {
        // Every payload here is one.
        const work = payload as Work
        if (task.attempt <= work.hangs) await new Promise(() => {})
        log('It begins')
        await pause(own, work.durationMs, work.isDeaf ? undefined : signal)
        if (task.attempt <= work.failures)
          throw new AppError(work.code as AppError['code'], 'It failed as it was told to')
        signal.throwIfAborted()
        const token = String(task.metadata.token)
        if (own.reach()) take(own, source, task.taskId, token)
        return { token, padding: work.padding }
      }
    }
  }

  function take(own: Host, source: RemoteSource, taskId: string, token: string): void {
    const wasFrozen = own.frozenUntil > 0 && world.now() - own.frozenUntil < 1
    const leaseLeftMs = wasFrozen ? Number.POSITIVE_INFINITY : source.leftMs(token)
    world.note(workerId, 'performs', taskId, token)
    history.effects.push({ worker: workerId, taskId, token, at: world.now(), leaseLeftMs })
  }

  begin()
  return {
    get host() {
      return host
    },
    kill(ms) {
      downMs = ms
      host.kill()
    },
    restart: () => void worker.stop().catch(() => {})
  }
}

function pause(host: Host, ms: number, signal: TaskRun['signal'] | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const callOff = host.clock.after(ms, resolve)
    signal?.addEventListener('abort', () => {
      callOff()
      reject(signal.reason)
    })
  })
}
