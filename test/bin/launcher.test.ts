import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'

const bin = new URL('../../bin/ipfs-datasets-mcp.js', import.meta.url).pathname

function run(file: string, args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [file, ...args], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    )
  })
}

/** The launcher in a package of its own, made to believe that the running Node is old. */
async function oldNodePackage(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'launcher-'))
  await mkdir(join(directory, 'bin'))
  await cp(bin, join(directory, 'bin/launcher.js'))
  await writeFile(join(directory, 'package.json'), '{"type":"module"}')
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' })\nawait import('./launcher.js')\n`
  await writeFile(join(directory, 'bin/old.js'), pretend)
  return directory
}

test('under a Node that is new enough it runs the program in its own process', async () => {
  const { code, stdout } = await run(bin, ['version'])
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
})

const oldNode = oldestNode()
test.skipIf(!oldNode)('a real old Node runs it through the Node that the project brings', async () => {
  const result = await new Promise(resolve => {
    const child = execFile(oldNode ?? '', [bin, 'version'], (_error, stdout) => resolve([child.exitCode, stdout]))
  })
  expect(result).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
})

/** A Node on the path that is older than the one the project needs, if the machine has one. */
function oldestNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map(directory => join(directory, 'node'))
  const found = candidates.find(file => existsSync(file) && major(file) < 24)
  if (found === undefined)
    console.warn('SKIPPED: no Node older than 24 on the path, so the launcher is not tried under one')
  return found
}

function major(node: string): number {
  return Number.parseInt(execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10)
}

test('under an old Node without one of its own it says in one line what is needed', async () => {
  const directory = await oldNodePackage()
  const { code, stderr } = await run(join(directory, 'bin/old.js'), ['version'])
  expect(code).toBe(1)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain('needs Node 24')
  expect(stderr).toContain('npm install node@24')
  await rm(directory, { recursive: true })
})

test('under an old Node it starts the Node that the project brings, with its arguments, streams and exit code', async () => {
  const directory = await oldNodePackage()
  const home = join(directory, 'node_modules/node/bin')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, '../package.json'), '{"name":"node","version":"24.0.0"}')
  await writeFile(join(home, 'node'), '#!/bin/sh\nread line\necho "$line $2"\nexit 3\n', { mode: 0o755 })
  const result = await new Promise<{ code: number | null; stdout: string }>(resolve => {
    const child = execFile(process.execPath, [join(directory, 'bin/old.js'), 'an argument'], (_error, stdout) =>
      resolve({ code: child.exitCode, stdout })
    )
    child.stdin?.end('a line\n')
  })
  expect(result).toEqual({ code: 3, stdout: 'a line an argument\n' })
  await rm(directory, { recursive: true })
})
