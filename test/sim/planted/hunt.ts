/**
 * Runs histories over copies of the sources until one of them shows a fault. Arguments: how many histories at most for each, and the
 * copies' directories. Writes one line of JSON for each copy.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HistoryResult } from '../run-history.ts'

const [most, ...directories] = process.argv.slice(2)
Error.stackTraceLimit = 0

for (const directory of directories) {
  const url = pathToFileURL(join(directory, 'test', 'sim', 'run-history.ts'))
  // The copy has the types of the original.
  const { runHistory } = (await import(url.href)) as { runHistory(seed: number): Promise<HistoryResult> }
  console.log(JSON.stringify({ directory, ...(await hunt(runHistory)) }))
}

async function hunt(runHistory: (seed: number) => Promise<HistoryResult>) {
  for (let seed = 1; seed <= Number(most); seed++) {
    const { faults } = await runHistory(seed)
    if (faults.length > 0) return { seed, fault: faults[0] }
  }
  return {}
}
