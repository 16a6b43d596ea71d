/** The test command: the checks, then every test with its coverage; the last line counts them. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { run } from './run.ts'

run('node', ['scripts/check.ts'])

const report = 'coverage/tests.json'
const { status } = spawnSync(
  'vitest',
  [
    'run',
    '--coverage',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2)
  ],
  { stdio: 'inherit', shell: process.platform === 'win32' }
)
const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'))
console.log(
  `${numPassedTests} passed, ${numFailedTests} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`
)
process.exitCode = status ?? 1
