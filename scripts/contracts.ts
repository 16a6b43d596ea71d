/**
 * Writes contracts.lock, and the contract of every tool as its canonical bytes in contracts/<name>.json, where a review sees it.
 * `--check` writes nothing and fails when a tool's contract is not the locked one, and says what that means for its callers.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCid } from '../src/core/cid.ts'
import { hasCode } from '../src/core/errors.ts'
import { type Contract, contractOf, contractText } from '../src/protocol/contracts/contract.ts'
import { compareContractSets, describeComparison, lockText } from '../src/protocol/contracts/lock.ts'
import { parseContract } from '../src/protocol/contracts/offered.ts'
import { categoryLoaders } from '../src/tools/index.ts'

const LOCK = 'contracts.lock'
const SNAPSHOTS = 'contracts'

export async function writeContracts(contracts: readonly Contract[], root: string): Promise<void> {
  await mkdir(join(root, SNAPSHOTS), { recursive: true })
  for (const file of await snapshotFiles(root)) await rm(join(root, SNAPSHOTS, file))
  for (const contract of contracts) {
    await writeFile(join(root, SNAPSHOTS, `${contract.name}.json`), contractText(contract))
  }
  await writeFile(join(root, LOCK), lockText(contracts))
}

/** What is wrong, for people; empty when every contract is the locked one. */
export async function checkContracts(contracts: readonly Contract[], root: string): Promise<string[]> {
  const locked = await readOr(join(root, LOCK), '{}\n')
  const { snapshots, problems } = await readSnapshots(root, JSON.parse(locked))
  problems.push(...compareContractSets(snapshots, contracts).map(describeComparison))
  if (problems.length === 0 && locked !== lockText(contracts)) problems.push(`  ${LOCK} is not what the tools declare`)
  return problems
}

/** The locked contracts, each from bytes that hash to the CID in the lock. */
async function readSnapshots(root: string, lock: Record<string, string>) {
  const snapshots: Contract[] = []
  const problems: string[] = []
  for (const [name, cid] of Object.entries(lock)) {
    try {
      snapshots.push(parseContract(await readFile(join(root, SNAPSHOTS, `${name}.json`)), parseCid(cid)))
    } catch (error) {
      problems.push(`  ${name}: its snapshot is not what the lock names: ${error}`)
    }
  }
  const strays = (await snapshotFiles(root)).filter(file => !(file.replace(/\.json$/, '') in lock))
  problems.push(...strays.map(file => `  ${SNAPSHOTS}/${file} belongs to no tool in the lock`))
  return { snapshots, problems }
}

const absentAs =
  <T>(fallback: T) =>
  (error: unknown): T => {
    if (hasCode(error, 'ENOENT')) return fallback
    throw error
  }
const readOr = (path: string, fallback: string) => readFile(path, 'utf8').catch(absentAs(fallback))
const snapshotFiles = async (root: string) =>
  (await readdir(join(root, SNAPSHOTS)).catch(absentAs<string[]>([]))).filter(file => file.endsWith('.json'))

if (import.meta.main) {
  const root = new URL('..', import.meta.url).pathname
  const categories = await Promise.all(Object.values(categoryLoaders).map(load => load()))
  const contracts = categories.flatMap(category => category.tools.map(contractOf))
  if (process.argv.includes('--check')) {
    const problems = await checkContracts(contracts, root)
    if (problems.length > 0) {
      console.error('Contracts are not the locked ones; if that is meant, run: node scripts/contracts.ts')
      console.error(problems.join('\n'))
      process.exitCode = 1
    }
  } else {
    await writeContracts(contracts, root)
  }
}
