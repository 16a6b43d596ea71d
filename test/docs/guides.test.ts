/** The commands of a guide are run as they stand, one after the other in one shell. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorkspace, MAIN } from '../helpers/processes.ts'

const GUIDES = new URL('../../docs/guides/', import.meta.url)

/** Ends what the shell leaves behind, whatever happens in it. */
async function runGuide(name: string): Promise<{ code: unknown; output: string }> {
  await using workspace = await createWorkspace()
  const text = await readFile(new URL(name, GUIDES), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)
  const commands = blocks
    .join('\n')
    .replace(/^alias datasets=.*$/m, '')
    .replaceAll(/\/tmp\/\w+/g, path => workspace.cwd + path)
  await writeFile(join(workspace.cwd, 'datasets'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, {
    mode: 0o755
  })
  const script = `set -eu\nPATH=${workspace.cwd}:$PATH\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n${commands}`
  const shell = spawn('bash', ['-c', script], {
    cwd: workspace.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000
  })
  let output = ''
  for (const stream of [shell.stdout, shell.stderr]) stream.on('data', chunk => (output += chunk))
  const [code] = await once(shell, 'close')
  return { code, output }
}

test('every command of the guide to a first dataset does what it says', { timeout: 240_000 }, async () => {
  const { code, output } = await runGuide('first-dataset.md')
  if (code !== 0) throw new Error(output)
  expect(output).toMatch(/^London +2$/m)
  expect(output).toContain('did you mean "source"?')
  expect(output).toContain('it failed\n')
})

test('every command of the guide to tasks does what it says', { timeout: 240_000 }, async () => {
  const { code, output } = await runGuide('tasks.md')
  if (code !== 0) throw new Error(output)
  // What the guide says of the calls that fail, of the wait, and of its own worker.
  expect(output).toContain('it failed\n')
  expect(output).toContain('another task has this id\n')
  expect(output).toContain('"bytes": 1234')
  expect(output).toContain('Cancelled\n')
})

test('every command of the guide to peers does what it says', { timeout: 240_000 }, async () => {
  const { code, output } = await runGuide('p2p.md')
  if (code !== 0) throw new Error(output)
  expect(output).toContain('not granted\n')
  expect(output.match(/completed/g)?.length).toBeGreaterThanOrEqual(2)
})
