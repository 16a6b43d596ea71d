/** Everything that can be checked without running the program: types, lint with the layers, dead code, generated files. It writes types/ anew. */
import { run } from './run.ts'

const checks: [name: string, command: string, args: string[]][] = [
  ['types', 'tsc', ['-p', '.']],
  ['types of the package', 'node', ['scripts/declarations.ts']],
  ['types of the dashboard', 'tsc', ['-p', 'src/ui']],
  ['lint and layers', 'biome', ['check', '--error-on-warnings', '.']],
  ['dead code', 'knip', ['--no-progress']],
  ['contracts are the locked ones', 'node', ['scripts/contracts.ts', '--check']],
  ['manifest is fresh', 'node', ['scripts/manifest.ts', '--check']],
  ['reference is fresh', 'node', ['scripts/reference.ts', '--check']],
  ['guide to migration is fresh', 'node', ['scripts/migration.ts', '--check']]
]

for (const [name, command, args] of checks) {
  console.log(`check: ${name}`)
  run(command, args)
}
