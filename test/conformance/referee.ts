/** Runs the conformance suite against a server and reads its verdict, check by check. A warning is no pass here. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const REVISIONS = ['2026-07-28', '2025-11-25'] as const
export type Revision = (typeof REVISIONS)[number]

const SUITE = fileURLToPath(new URL('.', import.meta.resolve('@modelcontextprotocol/conformance/package.json')))

export interface Verdict {
  scenario: string
  isScored: boolean
  passed: number
  /** What went wrong, in the words of the suite. */
  failures: string[]
}

interface Check {
  id: string
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  errorMessage?: string
}

/** The scenarios that a revision requires of a server. */
export async function requiredScenarios(revision: Revision): Promise<string[]> {
  const requirements: { server: string[] } = parse(await readFile(join(SUITE, `requirements/${revision}.yaml`), 'utf8'))
  return requirements.server
}

/** In the order of the names. A required scenario that did not run is one that failed. */
export async function judge(url: string, revision: Revision): Promise<Verdict[]> {
  const results = await mkdtemp(join(tmpdir(), 'conformance-'))
  try {
    const args = ['server', '--url', url, '--requirements', revision, '-o', results]
    const child = spawn(process.execPath, [join(SUITE, 'dist/index.js'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe']
    })
    await text(child.stderr)
    const required = await requiredScenarios(revision)
    const verdicts = new Map<string, Verdict>()
    for (const folder of await readdir(results)) {
      const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '')
      const checks: Check[] = JSON.parse(await readFile(join(results, folder, 'checks.json'), 'utf8'))
      const failures = checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
      verdicts.set(scenario, {
        scenario,
        isScored: required.includes(scenario),
        passed: checks.filter(({ status }) => status === 'SUCCESS').length,
        failures: failures.map(({ id, errorMessage = '' }) => `${id}: ${errorMessage}`)
      })
    }
    for (const scenario of required) {
      if (!verdicts.has(scenario)) {
        verdicts.set(scenario, { scenario, isScored: true, passed: 0, failures: ['it did not run'] })
      }
    }
    return [...verdicts.values()].sort((a, b) => (a.scenario < b.scenario ? -1 : 1))
  } finally {
    await rm(results, { recursive: true, force: true })
  }
}
