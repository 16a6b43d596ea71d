/** Runs every check and every self-test. Nothing that one of them does stops the others. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig } from '../../config.ts'
import type { Log } from '../../core/log.ts'
import { startNode } from '../../node.ts'
import type { Call } from '../calling.ts'
import { type Check, type CheckContext, type Finding, failed, type Machine } from './check.ts'
import { clientChecks } from './client-checks.ts'
import { directoryChecks } from './directory-checks.ts'
import { machineChecks } from './machine-checks.ts'
import { runSelfTest, selfTests } from './self-tests.ts'
import { settingsChecks } from './settings-checks.ts'

export type Report = Finding & { id: string; title: string }

export const CHECKS: readonly Check[] = [...machineChecks, ...settingsChecks, ...directoryChecks, ...clientChecks]

export async function* examine(context: CheckContext): AsyncGenerator<Report> {
  for (const check of CHECKS) yield { id: check.id, title: check.title, ...(await safely(check, context)) }
}

/** `prepare` sees the data directory of the self-tests before a node opens it. */
export async function* testServices(
  { temporaryDirectory }: Machine,
  log: Log,
  prepare: (dataDirectory: string) => Promise<void> = async () => {}
): AsyncGenerator<Report> {
  const told = ({ id, title }: { id: string; title: string }, finding: Finding): Report => ({ id, title, ...finding })
  let place: string | undefined
  try {
    place = await mkdtemp(join(temporaryDirectory, 'doctor-'))
    const directory = join(place, 'd')
    await mkdir(directory, { mode: 0o700 })
    await writeFile(join(place, 'people.csv'), 'name,born\nAda,1815\n')
    await prepare(directory)
    await using node = await startNode(await configAt(place, directory), { log, runsTasks: true })
    const call: Call = async (tool, args) => {
      const { envelope, failure } = await node.invoke({ tool, args, evidence: { kind: 'process' } })
      if (failure) throw failure
      return envelope
    }
    for (const test of selfTests) yield told(test, await runSelfTest(test, call))
  } catch (error) {
    const message = `No node starts: ${error instanceof Error ? error.message : String(error)}`
    yield told({ id: 'service-node', title: 'A node' }, failed(message, 'export TMPDIR=/var/tmp'))
  } finally {
    if (place !== undefined) await rm(place, { recursive: true, force: true })
  }
}

async function configAt(cwd: string, dataDirectory: string) {
  const flags = { 'data-dir': dataDirectory, p2p: true }
  const env = { IPFS_DATASETS_MCP_P2P_LISTEN: '/ip4/127.0.0.1/tcp/0', IPFS_DATASETS_MCP_P2P_MDNS: 'false' }
  return await loadConfig({ flags, env, cwd, home: cwd, readFile: async () => '' })
}

async function safely(check: Check, context: CheckContext): Promise<Finding> {
  try {
    return await check.run(context)
  } catch (error) {
    const message = `The check failed itself: ${error instanceof Error ? error.message : String(error)}`
    return failed(message, 'ipfs-datasets-mcp doctor --log-level debug')
  }
}
