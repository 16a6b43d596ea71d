/** What may come out of a compressed file, counted while it comes: a small file may hold an endless one. */
import { AppError } from '../../core/errors.ts'

export interface ArchiveLimits {
  entries: number
  /** Of one entry. */
  entryBytes: number
  /** Of all entries, those of archives inside included. */
  totalBytes: number
  /** Bytes that come out for one that lies in the file. Judged only beyond `ratioFromBytes`: short texts repeat themselves. */
  ratio: number
  ratioFromBytes: number
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 20_000,
  entryBytes: 128 * 1024 ** 2,
  totalBytes: 1024 ** 3,
  ratio: 200,
  ratioFromBytes: 16 * 1024 ** 2
}

export interface Budget {
  readonly limits: ArchiveLimits
  /** Throws TOO_LARGE when there are too many, or when it says to be too large. */
  entry(name: string, declaredBytes: number): void
  /** Throws TOO_LARGE when more came out than may. */
  spend(bytes: number): void
}

/** @param fileBytes of the file on the disk, which everything that comes out is measured by. */
export function createBudget(fileBytes: number, limits: ArchiveLimits = ARCHIVE_LIMITS): Budget {
  let entries = 0
  let total = 0
  const judge = (bytes: number) => {
    if (bytes > limits.totalBytes)
      throw refusal(`more than ${limits.totalBytes} bytes`, { max_total_bytes: limits.totalBytes })
    if (bytes > limits.ratioFromBytes && bytes > fileBytes * limits.ratio) {
      throw refusal(`more than ${limits.ratio} bytes for each of its ${fileBytes}`, { max_ratio: limits.ratio })
    }
  }
  return {
    limits,
    entry(name, declaredBytes) {
      if (++entries > limits.entries)
        throw refusal(`more than ${limits.entries} entries`, { max_entries: limits.entries })
      if (declaredBytes > limits.entryBytes) throw tooLargeEntry(name, limits.entryBytes)
      judge(total + declaredBytes)
    },
    spend(bytes) {
      total += bytes
      judge(total)
    }
  }
}

export function tooLargeEntry(name: string, maxBytes: number): AppError {
  return new AppError('TOO_LARGE', `${quoteName(name)} in the archive is larger than the limit of ${maxBytes} bytes`, {
    details: { max_entry_bytes: maxBytes }
  })
}

function refusal(what: string, details: Record<string, unknown>): AppError {
  return new AppError('TOO_LARGE', `The file unpacks to ${what}, so it is taken for a bomb and left closed`, {
    details
  })
}

export const quoteName = (name: string) => JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name)
