/** Which character separates the fields. */
import { createRecordCounter } from './csv-records.ts'

/** In order of preference between equals. */
const CANDIDATES = [',', '\t', ';', '|'] as const

/** The candidate by which most records of the sample have as many fields as the first. A comma if none splits it. */
export function detectDelimiter(sample: Uint8Array, isWhole: boolean): string {
  const end = isWhole ? sample.length : sample.lastIndexOf(10) + 1
  let best = { delimiter: ',', agreement: 0, fields: 1 }
  for (const delimiter of CANDIDATES) {
    const counter = createRecordCounter(delimiter)
    counter.push(end > 0 ? sample.subarray(0, end) : sample)
    const { firstRecord, records, fieldCounts } = counter.end()
    const fields = firstRecord?.length ?? 1
    if (fields < 2) continue
    const agreement = (fieldCounts.get(fields) ?? 0) / records
    if (agreement > best.agreement || (agreement === best.agreement && fields > best.fields)) {
      best = { delimiter, agreement, fields }
    }
  }
  return best.delimiter
}
