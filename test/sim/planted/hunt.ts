/**
 * Runs histories over copies of the sources until one of them shows a fault. Arguments: the kind of histories, how many at most for
 * each, and the copies' directories. Writes one line of JSON for each copy.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HistoryResult } from '../run-history.ts'

/** Of each kind: the module that runs its histories. */
const MODULES = { queue: 'run-history.ts', peers: 'nodes/run-peer-history.ts' } as const
export type Kind = keyof typeof MODULES

type Run = (seed: number) => Promise<Pick<HistoryResult, 'faults'>>

const [kind = 'queue', most, ...directories] = process.argv.slice(2)
Error.stackTraceLimit = 0

for (const directory of directories) {
  // Its caller names one of the two.
  const url = pathToFileURL(join(directory, 'test', 'sim', MODULES[kind as Kind]))
  // The copy has the types of the original.
  const { runHistory } = (await import(url.href)) as { runHistory: Run }
  console.log(JSON.stringify({ directory, ...(await hunt(runHistory)) }))
}

async function hunt(runHistory: Run) {
  for (let seed = 1; seed <= Number(most); seed++) {
    const { faults } = await runHistory(seed)
    if (faults.length > 0) return { seed, fault: faults[0] }
  }
  return {}
}
