/** The side of a process that decodes files. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { ParentPort } from '../../core/child.ts'
import { AppError } from '../../core/errors.ts'
import type { ByteSource } from '../../domain/byte-source.ts'
import { type FromDecoder, failureOf, type ToDecoder } from './decoder-port.ts'
import { type Job, jobLoaders } from './jobs.ts'

function openSource(path: string, sizeBytes: number): ByteSource & Disposable {
  const descriptor = openSync(path, 'r')
  return {
    sizeBytes,
    read(start, end) {
      const wanted = Math.max(0, Math.min(end, sizeBytes) - start)
      const bytes = Buffer.allocUnsafeSlow(wanted)
      for (let done = 0; done < wanted; ) {
        const read = readSync(descriptor, bytes, done, wanted - done, start + done)
        if (read === 0) throw new AppError('BAD_DATA', 'The file was cut short while it was being read')
        done += read
      }
      return bytes
    },
    [Symbol.dispose]: () => closeSync(descriptor)
  }
}

async function* itemsOf({ job, path, sizeBytes, options }: ToDecoder & { kind: 'open' }): AsyncGenerator<unknown> {
  using source = openSource(path, sizeBytes)
  // The caller's types tie the options to the job; a message does not.
  const load = jobLoaders[job as keyof typeof jobLoaders] as () => Promise<Job<'identify'>>
  yield* (await load())(source, options as Record<string, never>)
}

export function serveDecoders(parent: ParentPort): void {
  let items: AsyncGenerator<unknown> | undefined

  async function answer(message: ToDecoder): Promise<FromDecoder> {
    try {
      if (message.kind === 'open') items = itemsOf(message)
      if (message.kind === 'return') {
        await items?.return(undefined)
        return { kind: 'done' }
      }
      const next = await items?.next()
      return next && !next.done ? { kind: 'item', value: next.value } : { kind: 'done' }
    } catch (thrown) {
      return failureOf(thrown)
    }
  }

  parent.onMessage(async (message: ToDecoder) => parent.post(await answer(message)))
}
