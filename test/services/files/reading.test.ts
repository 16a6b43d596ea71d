import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { openWorkspace, textOf } from './workspace.ts'

const forbidden = expect.objectContaining({ code: 'PATH_FORBIDDEN' })

// Once through the handles' own paths, once as on systems that have none.
describe.each([true, false])('reading, by handle path: %s', byHandlePath => {
  const open = () => openWorkspace({ byHandlePath })

  test('a file is found by a relative and by an absolute path', async () => {
    await using it = await open()
    await writeFile(it.at('root/sub/a.txt'), 'hello')
    for (const path of ['sub/a.txt', './sub//a.txt', 'sub/../sub/a.txt', it.at('root/sub/a.txt')]) {
      await using file = await it.files.openRead(path)
      expect([file.path, file.sizeBytes, await textOf(file)]).toEqual([it.at('root/sub/a.txt'), 5, 'hello'])
    }
  })

  test('an engine opens the same file by the engine path, even after it was replaced', async () => {
    await using it = await open()
    await writeFile(it.at('root/a.txt'), 'first')
    await using file = await it.files.openRead('a.txt')
    expect(await readFile(file.enginePath, 'utf8')).toBe('first')
    await writeFile(it.at('root/b.txt'), 'second')
    await rename(it.at('root/b.txt'), it.at('root/a.txt'))
    expect(await textOf(file)).toBe('first')
    if (byHandlePath) expect(await readFile(file.enginePath, 'utf8')).toBe('first')
  })

  test('a path outside is refused alike whether or not something is there', async () => {
    await using it = await open()
    await writeFile(it.at('outside/secret'), 'x')
    await writeFile(it.at('rootless'), 'x')
    await symlink(it.at('outside'), it.at('root/out'))
    await symlink(it.at('outside/secret'), it.at('root/direct'))
    await symlink(it.at('outside/nothing'), it.at('root/dangling'))
    await symlink('../outside', it.at('root/relative'))
    await symlink('out', it.at('root/chained'))
    await symlink('/proc/self/root', it.at('root/proc'))
    const paths = ['../outside/secret', '../outside/nothing', 'out/secret', 'out/nothing', 'direct', 'dangling']
    paths.push('relative/secret', 'relative/nothing', 'chained/secret', 'chained/no/thing', 'sub/../../outside/secret')
    paths.push('/etc/passwd', '/etc/nothing', '/proc/self/environ', '/proc/self/fd/0', '/dev/zero', '/', '..', 'out')
    paths.push(
      it.at('rootless'),
      it.at('root/../outside/secret'),
      `proc${it.at('outside/secret')}`,
      'sub/../out/secret'
    )
    for (const path of paths) {
      await expect(it.files.openRead(path), path).rejects.toEqual(forbidden)
      await expect(it.files.create(path, { overwrite: true }), path).rejects.toEqual(forbidden)
      await expect(it.files.kindOf(path), path).rejects.toEqual(forbidden)
    }
  })

  test('a link that stays inside the roots is followed', async () => {
    await using it = await open()
    await writeFile(it.at('root/sub/a.txt'), 'hello')
    await symlink('../root/sub', it.at('root/again'))
    await symlink(it.at('root/again/a.txt'), it.at('root/twice'))
    await using file = await it.files.openRead('twice')
    expect([file.path, await textOf(file)]).toEqual([it.at('root/sub/a.txt'), 'hello'])
  })

  test('a root reached through a link counts under both of its names', async () => {
    await using it = await open()
    await writeFile(it.at('root/a.txt'), 'hello')
    await symlink(it.at('root'), it.at('alias'))
    await using other = await openWorkspace({ byHandlePath, roots: [it.at('alias')] })
    expect(other.files.roots).toEqual([it.at('root')])
    for (const path of [it.at('alias/a.txt'), it.at('root/a.txt'), 'a.txt']) {
      expect(await other.files.kindOf(path)).toBe('file')
    }
  })

  test('what is missing is NOT_FOUND, what cannot be a path is INVALID_INPUT', async () => {
    await using it = await open()
    await writeFile(it.at('root/file'), '')
    await symlink('loop', it.at('root/loop'))
    for (const path of ['none', 'none/below', 'file/below']) {
      await expect(it.files.openRead(path), path).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    const unusable = ['', 'a\0b', '../outside\0', 'n'.repeat(256), 'n/'.repeat(2100), 'é'.repeat(128), '\ud800', 'loop']
    for (const path of unusable) {
      await expect(it.files.openRead(path), path).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
  })

  test('what is not a regular file is refused without hanging', async () => {
    await using it = await open()
    execFileSync('mkfifo', [it.at('root/fifo')])
    await symlink('fifo', it.at('root/link'))
    const server = createServer().listen(it.at('root/socket'))
    await new Promise(resolve => server.once('listening', resolve))
    try {
      for (const path of ['fifo', 'link', 'socket', 'sub', '.']) {
        await expect(it.files.openRead(path), path).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      }
      for (const path of ['fifo', 'socket']) {
        await expect(it.files.kindOf(path), path).rejects.toMatchObject({ code: 'INVALID_INPUT' })
      }
    } finally {
      server.close()
    }
  })

  test('a directory swapped for a link outside never gives a file from outside', async () => {
    await using it = await open()
    await mkdir(it.at('root/real'))
    await writeFile(it.at('root/real/f'), 'inside')
    await writeFile(it.at('outside/f'), 'outside')
    await symlink(it.at('outside'), it.at('root/trap'))
    let isSwapping = true
    const swapping = (async () => {
      while (isSwapping) {
        await rename(it.at('root/real'), it.at('root/away'))
        await rename(it.at('root/trap'), it.at('root/real'))
        await rename(it.at('root/real'), it.at('root/trap'))
        await rename(it.at('root/away'), it.at('root/real'))
      }
    })()
    const seen = new Set<string>()
    for (let round = 0; round < 1500; round++) {
      try {
        await using file = await it.files.openRead('real/f')
        seen.add(await textOf(file))
      } catch (error) {
        seen.add(error instanceof Error && 'code' in error ? String(error.code) : String(error))
      }
    }
    isSwapping = false
    await swapping
    expect([...seen]).not.toContain('outside')
    for (const answer of seen) expect(['inside', 'PATH_FORBIDDEN', 'NOT_FOUND', 'INVALID_INPUT']).toContain(answer)
  })
})

test('a range gives exactly its bytes, over chunk borders too', async () => {
  await using it = await openWorkspace()
  const content = Buffer.alloc(700_000, 'abcdefghij')
  await writeFile(it.at('root/big'), content)
  await using file = await it.files.openRead('big')
  for (const [start, end] of [
    [0, 0],
    [0, 1],
    [262_143, 262_145],
    [699_999, 700_000],
    [5, 600_000],
    [10, 5],
    [0, 9e9]
  ] as const) {
    expect(await textOf(file, { start, end }), `${start}-${end}`).toBe(content.subarray(start, end).toString())
  }
})

test('a file cut while it is read fails instead of giving less', async () => {
  await using it = await openWorkspace()
  await writeFile(it.at('root/big'), Buffer.alloc(700_000))
  await using file = await it.files.openRead('big')
  const reading = (async () => {
    for await (const _ of file.read()) await truncate(it.at('root/big'), 10)
  })()
  await expect(reading).rejects.toMatchObject({ code: 'BAD_DATA' })
})

test('an abort ends a read with its reason', async () => {
  await using it = await openWorkspace()
  await writeFile(it.at('root/big'), Buffer.alloc(700_000))
  const controller = new AbortController()
  await using file = await it.files.openRead('big')
  const reading = (async () => {
    for await (const _ of file.read({ signal: controller.signal })) controller.abort(new Error('gone'))
  })()
  await expect(reading).rejects.toThrow('gone')
  await expect(it.files.openRead('big', { signal: controller.signal })).rejects.toThrow('gone')
})

test('nothing works before the start or after the stop', async () => {
  await using it = await openWorkspace()
  await it.files.stop()
  await expect(it.files.openRead('x')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  await it.files.start()
  expect(await it.files.kindOf('x')).toBeUndefined()
})

test('a root that does not exist fails the start by name', async () => {
  await expect(openWorkspace({ roots: ['/no/such/root'] })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('/no/such/root')
  })
})
