import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDataDirectory } from '../../../src/services/directory/index.ts'

let path: string
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'directory-')), 'data')
})
afterEach(() => rm(join(path, '..'), { recursive: true, force: true }))

/** A process that claims the directory, says so, and waits to be killed. */
async function claimElsewhere() {
  const module = new URL('../../../src/services/directory/index.ts', import.meta.url).href
  const code = `const { openDataDirectory } = await import(${JSON.stringify(module)})
    const directory = openDataDirectory(${JSON.stringify(path)})
    console.log(await directory.claim())
    setInterval(() => directory, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [answer] = await once(child.stdout, 'data')
  return { child, owns: String(answer).trim() === 'true' }
}

test('one owner at a time; released, the next may have it', async () => {
  const [first, second] = [openDataDirectory(path), openDataDirectory(path)]
  expect([await first.claim(), await second.claim(), await first.claim()]).toEqual([true, false, true])
  first.release()
  expect(await second.claim()).toBe(true)
  second.release()
  second.release()
})

test('claims at the same time are one claim, and nobody locks itself out', async () => {
  const [directory, other] = [openDataDirectory(path), openDataDirectory(path)]
  expect(await Promise.all(Array.from({ length: 20 }, () => directory.claim()))).toEqual(Array(20).fill(true))
  expect([await directory.claim(), await other.claim()]).toEqual([true, false])
  directory.release()
  expect(await Promise.all([other.claim(), other.claim()])).toEqual([true, true])
  other.release()
})

test('the ownership of a process that is killed ends with it', async () => {
  const { child, owns } = await claimElsewhere()
  const here = openDataDirectory(path)
  try {
    expect([owns, await here.claim()]).toEqual([true, false])
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(await here.claim()).toBe(true)
  const late = await claimElsewhere()
  late.child.kill('SIGKILL')
  expect(late.owns).toBe(false)
  here.release()
})

test('the directory is private to its user', async () => {
  const directory = openDataDirectory(path)
  await directory.claim()
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  expect((await stat(join(path, 'owner.lock'))).mode & 0o777).toBe(0o600)
  directory.release()
})

test('a directory of a newer format is refused and left untouched', async () => {
  const directory = openDataDirectory(path)
  await directory.claim()
  directory.release()
  await writeFile(join(path, 'version'), '99\n')
  await expect(openDataDirectory(path).claim()).rejects.toMatchObject({ code: 'DATA_DIRECTORY_VERSION' })
  expect(await readFile(join(path, 'version'), 'utf8')).toBe('99\n')
})

test('a path too long for a socket is refused with the cure', async () => {
  const long = openDataDirectory(join(path, 'x'.repeat(120)))
  await expect(long.claim()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('shorter')
  })
})
