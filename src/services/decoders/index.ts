/** Decoders in processes of their own. `api.ts` has the guarantees. */
import type { StartChild } from '../../core/child.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Decoders } from './api.ts'
import { type DecoderChild, startDecoder } from './child.ts'
import { createPlaces } from './places.ts'

/** A start costs some 60 ms, a process that waits some 55 MB. */
const IDLE_MS = 30_000

export interface DecodersConfig {
  start: StartChild
  /** What a child runs: it calls `serveDecoders`. */
  module: URL
  processes: number
  /** Decoders that may wait for a process. */
  queue: number
  /** Of the values of one process; what archives unpack to is bounded by their own limits. */
  memoryMb: number
  clock: Pick<Clock, 'after'>
}

export function createDecoders({ start, module, processes, queue, memoryMb, clock }: DecodersConfig): Decoders {
  const all = new Set<DecoderChild>()
  const idle = new Map<DecoderChild, () => void>()
  const places = createPlaces(processes, queue)
  let isRunning = false

  const lifecycle = createLifecycle(
    async () => {
      isRunning = true
    },
    async () => {
      isRunning = false
      for (const cancel of idle.values()) cancel()
      idle.clear()
      await Promise.all([...all].map(child => child.end()))
      all.clear()
    }
  )

  const take = (): DecoderChild => {
    const child = [...idle.keys()].at(-1)
    if (!child) {
      const started = startDecoder(start, module, memoryMb)
      all.add(started)
      return started
    }
    idle.get(child)?.()
    idle.delete(child)
    return child
  }

  const drop = (child: DecoderChild) => {
    idle.delete(child)
    all.delete(child)
    void child.end()
  }

  const giveBack = (child: DecoderChild) => {
    if (child.hasEnded || !isRunning) drop(child)
    else
      idle.set(
        child,
        clock.after(IDLE_MS, () => drop(child))
      )
  }

  const decoders: Decoders = {
    ...lifecycle,

    async decodeOne(job, file, options, signal) {
      for await (const item of decoders.decode(job, file, options, signal)) return item
      throw new AppError('BAD_DATA', 'There is nothing in the file')
    },

    async *decode(job, { enginePath, sizeBytes }, options, signal) {
      if (!isRunning) throw new AppError('SERVICE_UNAVAILABLE', 'The decoders are not running')
      signal.throwIfAborted()
      using _place = await places.take(signal)
      const child = take()
      let isOpen = true
      try {
        let answer = await child.ask({ kind: 'open', job, path: enginePath, sizeBytes, options }, signal)
        while (answer.kind === 'item') {
          // The process ran this job, whose items are of this type.
          yield answer.value as never
          answer = await child.ask({ kind: 'next' }, signal)
        }
        isOpen = false
      } catch (error) {
        isOpen = false
        throw error
      } finally {
        // Left by its reader: the decoder closes its file before the reader does.
        if (isOpen && !signal.aborted) await child.ask({ kind: 'return' }, signal).catch(() => drop(child))
        if (signal.aborted) drop(child)
        else giveBack(child)
      }
    }
  }
  return decoders
}
