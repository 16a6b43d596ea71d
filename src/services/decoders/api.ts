/**
 * Decoders of files: documents, archives, web archives. What a stranger wrote is read in a process of its own, at the lowest priority.
 *
 * Guarantees:
 * - A decoder makes its next item when it is asked for it, so that a large file never lies in memory whole.
 * - An aborted signal, or leaving the iteration, ends it; a decoder that does not stop is ended with its process. It holds nothing open
 *   then and writes nowhere, so there is nothing to clean up.
 * - A decoder that takes more memory than its limit is TOO_LARGE; one whose input is malformed in a way that it does not foresee is
 *   BAD_DATA. Neither harms the node.
 * - As many run at once as there are processes; a bounded number waits, the others are BUSY.
 */
import type { Startable } from '../../core/startable.ts'
import type { ReadableFile } from '../files/api.ts'
import type { Jobs } from './jobs.ts'

declare module '../../core/tool.ts' {
  interface Services {
    decoders: Decoders
  }
}

export type { Jobs }
export type JobName = keyof Jobs

export interface Decoders extends Startable {
  /** The file must stay open until the iteration ends. */
  decode<J extends JobName>(
    job: J,
    file: DecodedFile,
    options: Jobs[J]['options'],
    signal: AbortSignal
  ): AsyncGenerator<Jobs[J]['item']>
  /** The first item. */
  decodeOne<J extends JobName>(
    job: J,
    file: DecodedFile,
    options: Jobs[J]['options'],
    signal: AbortSignal
  ): Promise<Jobs[J]['item']>
}

export type DecodedFile = Pick<ReadableFile, 'enginePath' | 'sizeBytes'>
