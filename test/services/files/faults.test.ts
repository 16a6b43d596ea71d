import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openWorkspace } from './workspace.ts'

const SERVICE = new URL('../../../src/services/files/index.ts', import.meta.url).href

/** A process that has written half of an output and opened a scratch directory, and waits. */
const HALF_WAY = `
  const [root, scratchDirectory] = process.argv.slice(1)
  const { createFiles } = await import(${JSON.stringify(SERVICE)})
  const files = createFiles({ roots: [root], scratchDirectory })
  await files.start()
  await files.scratch()
  const output = await files.create('result', { overwrite: true })
  await output.write(new Uint8Array(1_000_000))
  console.log('half way')
  setInterval(() => {}, 1000)
`

test('a process killed in the middle of an output leaves the old file whole, and its traces are cleared later', async () => {
  await using it = await openWorkspace()
  await writeFile(it.at('root/result'), 'old')
  const args = ['--input-type=module', '--eval', HALF_WAY, it.at('root'), it.at('scratch2')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')

  expect(await readFile(it.at('root/result'), 'utf8')).toBe('old')
  const names = await readdir(it.at('root'))
  expect(names).toEqual([expect.stringMatching(/^\.ipfs-datasets-.*\.partial$/), 'result', 'sub'])
  const walked: string[] = []
  for await (const file of it.files.walk('.')) walked.push(file.relativePath)
  expect(walked).toEqual(['result'])

  const old = Date.now() / 1000 - 3700
  await utimes(it.at('root', String(names[0])), old, old)
  await using output = await it.files.create('result', { overwrite: true })
  await output.commit()
  expect(await readdir(it.at('root'))).toEqual(['result', 'sub'])

  expect(await readdir(it.at('scratch2'))).toHaveLength(1)
  await using next = await openWorkspace({ roots: [it.at('root')], scratchDirectory: it.at('scratch2') })
  expect(await readdir(it.at('scratch2'))).toEqual([])
  await next.files.stop()
})
