/** The queue's process: the shipping queue behind the network, started again after each of its deaths. */
import { toAppError } from '../../../src/core/errors.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { Queue } from '../../../src/services/queue/api.ts'
import { createQueueOver } from '../../../src/services/queue/queue.ts'
import type { History } from '../history.ts'
import type { Farewell, Reply, Request } from './calls.ts'
import type { Disk } from './disk.ts'
import { createHost, type Host, type Wall } from './host.ts'
import type { Network } from './network.ts'
import type { Shelf } from './shelf.ts'
import type { World } from './world.ts'

const START_AGAIN_MS = 200

export interface QueueProcess {
  readonly host: Host
  kill(options: { isPowerLoss: boolean; downMs: number }): void
  /** Stops as it should. */
  stop(): Promise<void>
  /** Calls that this process has taken and not answered. */
  open(): readonly Request[]
}

export interface QueueProcessOptions {
  disk: Disk
  shelf: Shelf
  wall: Wall
  keepFinished: number
  keepFinishedMs: number
}

export function createQueueProcess(
  world: World,
  network: Network,
  history: History,
  { disk, shelf, wall, keepFinished, keepFinishedMs }: QueueProcessOptions
): QueueProcess {
  const dice = world.dice.split()
  let host: Host
  let queue: Queue
  let open = new Map<number, { request: Request; leaving: AbortController }>()
  let next = { isPowerLoss: false, downMs: 0 }

  function begin(): void {
    const taken: typeof open = new Map()
    open = taken
    host = createHost(world, { name: 'queue', wall, onKilled: () => end() })
    next = { isPowerLoss: dice.chance(0.3), downMs: dice.between(1500, 8000) }
    const started = createQueueOver({
      store: disk.mount(host),
      bodies: shelf.of(host),
      clock: host.clock,
      random: host.random,
      log: silentLog,
      keepFinished,
      keepFinishedMs,
      refuseType: () => undefined,
      defer: host.defer
    })
    queue = started
    const own = host
    const serve = (): Promise<void> =>
      started.start().then(
        () => {
          world.note('queue serves')
          network.listen('queue', own, message => take(started, own, taken, message as Request | Farewell))
        },
        () => {
          own.clock.after(START_AGAIN_MS, () => void serve())
        }
      )
    void serve()
  }

  function take(to: Queue, own: Host, taken: typeof open, message: Request | Farewell): void {
    if ('leave' in message) {
      taken.get(message.leave)?.leaving.abort(new Error('The caller has left'))
      return
    }
    const leaving = new AbortController()
    taken.set(message.id, { request: message, leaving })
    const reply = (rest: Omit<Reply, 'id' | 'at'>) => {
      taken.delete(message.id)
      network.send(own, message.from, { id: message.id, at: world.now(), ...rest } satisfies Reply)
    }
    answerTo(to, message, leaving.signal).then(
      value => reply({ value }),
      error => {
        const { code, message: text } = toAppError(error)
        if (code === 'INTERNAL' && !leaving.signal.aborted)
          history.fault(`${message.method} threw ${String(error?.stack ?? error)}`)
        reply({ error: { code, message: text } })
      }
    )
  }

  function end(): void {
    disk.afterKill(next.isPowerLoss)
    world.after(next.downMs, begin)
  }

  begin()
  return {
    get host() {
      return host
    },
    kill(options) {
      if (!host.isAlive) return
      next = options
      host.kill()
    },
    stop: () => queue.stop(),
    open: () => [...open.values()].map(({ request }) => request)
  }
}

const WAITS = new Set(['claim', 'wait'])

function answerTo(queue: Queue, { method, args }: Request, signal: AbortSignal): Promise<unknown> {
  const [first, options] = args
  const withSignal = WAITS.has(method) ? [first, { ...(options as object), signal }] : args
  // Method and arguments came through `Caller.call`, whose type pairs them.
  const run = queue[method] as (...args: unknown[]) => Promise<unknown>
  return run(...withSignal)
}
