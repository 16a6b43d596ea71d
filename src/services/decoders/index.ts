/** Decoders in threads. `api.ts` has the guarantees. */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Decoders } from './api.ts'
import { createPlaces } from './places.ts'
import { type DecoderThread, startDecoderThread } from './thread.ts'

/** A start costs some 50 ms, a thread that waits some 10 MB. */
const IDLE_MS = 30_000

export interface DecodersConfig {
  threads: number
  /** Decoders that may wait for a thread. */
  queue: number
  /** Of the values of one thread; what archives unpack to is bounded by their own limits. */
  memoryMb: number
  clock: Pick<Clock, 'after'>
}

export function createDecoders({ threads, queue, memoryMb, clock }: DecodersConfig): Decoders {
  const all = new Set<DecoderThread>()
  const idle = new Map<DecoderThread, () => void>()
  const places = createPlaces(threads, queue)
  let isRunning = false

  const lifecycle = createLifecycle(
    async () => {
      isRunning = true
    },
    async () => {
      isRunning = false
      for (const cancel of idle.values()) cancel()
      idle.clear()
      await Promise.all([...all].map(thread => thread.end()))
      all.clear()
    }
  )

  const take = (): DecoderThread => {
    const thread = [...idle.keys()].at(-1)
    if (!thread) {
      const started = startDecoderThread(memoryMb)
      all.add(started)
      return started
    }
    idle.get(thread)?.()
    idle.delete(thread)
    return thread
  }

  const drop = (thread: DecoderThread) => {
    idle.delete(thread)
    all.delete(thread)
    void thread.end()
  }

  const giveBack = (thread: DecoderThread) => {
    if (thread.hasEnded || !isRunning) drop(thread)
    else
      idle.set(
        thread,
        clock.after(IDLE_MS, () => drop(thread))
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
      const thread = take()
      let isOpen = true
      try {
        let answer = await thread.ask({ kind: 'open', job, path: enginePath, sizeBytes, options }, signal)
        while (answer.kind === 'item') {
          // The thread ran this job, whose items are of this type.
          yield answer.value as never
          answer = await thread.ask({ kind: 'next' }, signal)
        }
        isOpen = false
      } catch (error) {
        isOpen = false
        throw error
      } finally {
        // Left by its reader: the decoder closes its file before the reader does.
        if (isOpen && !signal.aborted) await thread.ask({ kind: 'return' }, signal).catch(() => drop(thread))
        if (signal.aborted) drop(thread)
        else giveBack(thread)
      }
    }
  }
  return decoders
}
