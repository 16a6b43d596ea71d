/** `contracts.lock`: the name of every tool and the CID of its contract, so that nobody changes a tool's face by accident. */
import { type Comparison, compareContracts } from './compare.ts'
import { type Contract, contractCid } from './contract.ts'

export interface ToolComparison extends Comparison {
  name: string
  /** The new name, where the tool is gone and a new one has the very same contract but for its name. */
  renamedTo?: string
}

/** Sorted by name, one to a line, so that each change of a contract is one line of a review. */
export function lockText(contracts: Iterable<Contract>): string {
  const entries = [...contracts].map(contract => [contract.name, contractCid(contract).toString()] as const)
  return `${JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))), undefined, 1)}\n`
}

/** What changed, tool by tool, sorted by name; tools that are the same are left out. */
export function compareContractSets(before: Iterable<Contract>, after: Iterable<Contract>): ToolComparison[] {
  const [old, next] = [byName(before), byName(after)]
  const names = [...new Set([...old.keys(), ...next.keys()])].sort()
  return names.flatMap(name => {
    const [was, is] = [old.get(name), next.get(name)]
    const comparison = compareContracts(was, is)
    if (comparison.verdict === 'same') return []
    const heir = was && !is ? [...next.values()].find(other => !old.has(other.name) && isHeir(was, other)) : undefined
    return [{ name, ...comparison, ...(heir && { renamedTo: heir.name }) }]
  })
}

/** The statement for people: one line for a tool, one below it for each change. */
export function describeComparison({ name, verdict, changes, renamedTo }: ToolComparison): string {
  const renamed = renamedTo === undefined ? '' : `, renamed to ${renamedTo}`
  const lines = changes.map(change => `    ${change.verdict}: ${change.path} ${change.what}`)
  return [`  ${name}: ${verdict}${renamed}`, ...lines].join('\n')
}

function isHeir(was: Contract, other: Contract): boolean {
  return compareContracts({ ...was, name: other.name }, other).verdict === 'same'
}

function byName(contracts: Iterable<Contract>): Map<string, Contract> {
  return new Map(Array.from(contracts, contract => [contract.name, contract]))
}
