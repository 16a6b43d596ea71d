import { AppError } from '../../core/errors.ts'
import { type ByteSource, partsOf } from '../../domain/byte-source.ts'
import { type CdxjEntry, parseCdxj } from '../../domain/warc/cdxj.ts'

const BATCH = 1000
const MAX_LINE_BYTES = 1024 ** 2

export interface CdxjJob {
  options: Record<string, never>
  item: CdxjEntry[]
}

export async function* cdxjJob(source: ByteSource): AsyncGenerator<CdxjEntry[]> {
  let batch: CdxjEntry[] = []
  for (const entry of parseCdxj(linesOf(source))) {
    if (batch.push(entry) < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function* linesOf(source: ByteSource): Generator<string> {
  let rest = Buffer.alloc(0)
  for (const part of partsOf(source)) {
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part])
    let at = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, at)) {
      yield bytes.toString('utf8', at, end)
      at = end + 1
    }
    rest = Buffer.from(bytes.subarray(at))
    if (rest.length > MAX_LINE_BYTES)
      throw new AppError('BAD_DATA', `A line is longer than ${MAX_LINE_BYTES} bytes, so this is no CDXJ`)
  }
  if (rest.length > 0) yield rest.toString()
}
