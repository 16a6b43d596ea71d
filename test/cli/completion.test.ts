import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../helpers/command.ts'
import { createWorkspace, MAIN, type Workspace } from '../helpers/processes.ts'

/** A shell on whose path the program is. */
async function shell(workspace: Workspace, name: string, args: string[]): Promise<string> {
  const bin = join(workspace.cwd, 'bin')
  await mkdir(bin, { recursive: true })
  const program = `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`
  await writeFile(join(bin, 'ipfs-datasets-mcp'), program, { mode: 0o755 })
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, HOME: workspace.cwd }
  return execFileSync(name, args, { env, encoding: 'utf8', cwd: workspace.cwd })
}

function has(name: string): boolean {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn(`SKIPPED: ${name} is not installed, so its completion is not tested`)
    return false
  }
}

test('bash completes commands, verbs, options, tools and their parameters', async () => {
  await using workspace = await createWorkspace()
  const ask = (words: string[]) =>
    `COMP_WORDS=(ipfs-datasets-mcp ${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; ` +
    `_ipfs_datasets_mcp 2>/dev/null; echo "\${COMPREPLY[*]}"`
  const lines = [['doc'], ['queue', 'p'], ['doctor', '--q'], ['call', 'load_d'], ['call', 'query_dataset', 'sq']]
  const script = `source <(ipfs-datasets-mcp completion bash); ${lines.map(ask).join('; ')}`
  const out = await shell(workspace, 'bash', ['-c', script])
  expect(out.trim().split('\n')).toEqual(['doctor', 'pause', '--quick', 'load_dataset', 'sql='])
})

test.skipIf(!has('fish'))('fish completes', async () => {
  await using workspace = await createWorkspace()
  const script = 'ipfs-datasets-mcp completion fish | source; complete -C "ipfs-datasets-mcp call load_d"'
  expect((await shell(workspace, 'fish', ['-c', script])).trim()).toBe('load_dataset')
})

test.skipIf(!has('zsh'))('zsh takes the script and asks for the words of the line', async () => {
  await using workspace = await createWorkspace()
  const script =
    'source <(ipfs-datasets-mcp completion zsh); compadd() { shift; print -l $@ }; ' +
    'words=(ipfs-datasets-mcp call load_d); CURRENT=3; _ipfs_datasets_mcp'
  expect((await shell(workspace, 'zsh', ['-f', '-c', script])).trim()).toBe('load_dataset')
})

test('a line that means nothing completes to nothing, and an unknown shell is wrong usage', async () => {
  await using workspace = await createWorkspace()
  expect(await runCli(workspace, ['complete', '--', 'nonsense', ''])).toEqual({ code: 0, stdout: '', stderr: '' })
  expect((await runCli(workspace, ['completion', 'tcsh'])).code).toBe(2)
})
