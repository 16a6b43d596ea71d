import { chmod, mkdir, readdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { openWorkspace } from './workspace.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe.each([true, false])('writing, by handle path: %s', byHandlePath => {
  const open = () => openWorkspace({ byHandlePath })

  test('nothing is visible before the commit, everything after it', async () => {
    await using it = await open()
    await using output = await it.files.create('sub/a.txt')
    await output.write(bytes('hel'))
    await output.write(bytes('lo'))
    expect(await it.files.kindOf('sub/a.txt')).toBeUndefined()
    expect(await output.commit()).toEqual({ path: it.at('root/sub/a.txt'), sizeBytes: 5 })
    expect(await readFile(it.at('root/sub/a.txt'), 'utf8')).toBe('hello')
    expect(await readdir(it.at('root/sub'))).toEqual(['a.txt'])
  })

  test('parts and streams go in their order, and what was written can be replaced in place', async () => {
    await using it = await open()
    await using output = await it.files.create('a')
    // More parts than one system call takes, empty ones among them.
    const parts = Array.from({ length: 5000 }, (_, index) => bytes(index % 7 === 0 ? '' : `${index},`))
    await output.write(bytes('????'))
    await output.write(parts)
    await output.writeAll(parts)
    await output.rewrite(1, bytes('abc'))
    await output.commit()
    const text = Buffer.concat(parts).toString()
    expect(await readFile(it.at('root/a'), 'utf8')).toBe(`?abc${text}${text}`)
  })

  test('a stream that fails, and a place that was not written yet, fail the output', async () => {
    await using it = await open()
    await using output = await it.files.create('a')
    const failing = (async function* () {
      yield bytes('half')
      throw new Error('the source is gone')
    })()
    await expect(output.writeAll(failing)).rejects.toThrow('the source is gone')
    await using other = await it.files.create('b')
    await other.write(bytes('12'))
    await expect(other.rewrite(1, bytes('34'))).rejects.toThrow('written')
    await expect(other.commit()).rejects.toThrow('failed')
  })

  test('an output left without commit leaves no trace and the old file as it was', async () => {
    await using it = await open()
    await writeFile(it.at('root/a.txt'), 'old')
    {
      await using output = await it.files.create('a.txt', { overwrite: true })
      await output.write(bytes('new'))
    }
    expect(await readFile(it.at('root/a.txt'), 'utf8')).toBe('old')
    expect(await readdir(it.at('root'))).toEqual(['a.txt', 'sub'])
  })

  test('an existing file is replaced only when that was asked for, and keeps its permissions', async () => {
    await using it = await open()
    await writeFile(it.at('root/a.txt'), 'old')
    await chmod(it.at('root/a.txt'), 0o600)
    await expect(it.files.create('a.txt')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await using output = await it.files.create('a.txt', { overwrite: true })
    await output.write(bytes('new'))
    await output.commit()
    expect(await readFile(it.at('root/a.txt'), 'utf8')).toBe('new')
    expect((await stat(it.at('root/a.txt'))).mode & 0o777).toBe(0o600)
  })

  test('a file that appears while the output is written is not overwritten', async () => {
    await using it = await open()
    await using output = await it.files.create('a.txt')
    await writeFile(it.at('root/a.txt'), 'theirs')
    await expect(output.commit()).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await readFile(it.at('root/a.txt'), 'utf8')).toBe('theirs')
  })

  test('of many outputs with one name exactly one is committed', async () => {
    await using it = await open()
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, async (_, index) => {
        await using output = await it.files.create('one')
        await output.write(bytes(String(index)))
        await output.commit()
        return String(index)
      })
    )
    const winners = results.filter(result => result.status === 'fulfilled')
    expect(winners.map(winner => winner.value)).toEqual([await readFile(it.at('root/one'), 'utf8')])
    expect(await readdir(it.at('root'))).toEqual(['one', 'sub'])
  })

  test('a link inside the roots keeps being a link, its target is replaced', async () => {
    await using it = await open()
    await writeFile(it.at('root/sub/target'), 'old')
    await symlink('sub/target', it.at('root/link'))
    await using output = await it.files.create('link', { overwrite: true })
    await output.write(bytes('new'))
    expect((await output.commit()).path).toBe(it.at('root/sub/target'))
    expect(await readFile(it.at('root/link'), 'utf8')).toBe('new')
  })

  test('a directory, a root and a missing directory are named as what is wrong', async () => {
    await using it = await open()
    await expect(it.files.create('sub', { overwrite: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(it.files.create('.', { overwrite: true })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(it.files.create('none/a.txt')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('directory')
    })
  })
})

test('a directory swapped for a link outside after the start of an output does not redirect it', async () => {
  await using it = await openWorkspace()
  await using output = await it.files.create('sub/a.txt')
  await output.write(bytes('mine'))
  await rename(it.at('root/sub'), it.at('root/moved'))
  await symlink(it.at('outside'), it.at('root/sub'))
  await output.commit()
  expect(await readdir(it.at('outside'))).toEqual([])
  expect(await readFile(it.at('root/moved/a.txt'), 'utf8')).toBe('mine')
})

test("the server's own directories take no output, a root inside them does", async () => {
  await using base = await openWorkspace()
  await mkdir(base.at('root/data/files'), { recursive: true })
  await mkdir(base.at('root/data/blocks'))
  const roots = [base.at('root'), base.at('root/data'), base.at('root/data/files')]
  await using it = await openWorkspace({ roots, protected: [base.at('root/data'), base.at('root/later/on')] })
  await symlink(base.at('root/data/blocks'), base.at('root/sly'))
  for (const path of ['data/x', 'data/blocks/x', 'data/files', 'sly/x', 'data/files/../x']) {
    const refusal = await it.files.create(path, { overwrite: true }).catch(error => error)
    expect(refusal, path).toMatchObject({ code: path === 'data/files' ? 'INVALID_INPUT' : 'PATH_FORBIDDEN' })
  }
  await using output = await it.files.create('data/files/x')
  await output.commit()
  expect(await readdir(base.at('root/data/files'))).toEqual(['x'])
})

test('what a crash left is removed by the next output once it is an hour old', async () => {
  await using it = await openWorkspace()
  const names = ['.ipfs-datasets-0a-1b.partial', '.ipfs-datasets-2c-3d.partial', '.other.partial']
  for (const name of names) await writeFile(it.at('root', name), 'x')
  const old = Date.now() / 1000 - 3700
  for (const name of [names[0], names[2]]) await utimes(it.at('root', String(name)), old, old)
  await using output = await it.files.create('a')
  await output.commit()
  expect(await readdir(it.at('root'))).toEqual([names[1], names[2], 'a', 'sub'])
})

test('after a failed write there is nothing to commit', async () => {
  await using it = await openWorkspace()
  await using output = await it.files.create('a')
  // @ts-expect-error: a caller without types
  await expect(output.write({ length: 3 })).rejects.toThrow()
  await expect(output.commit()).rejects.toThrow('failed')
  await output[Symbol.asyncDispose]()
  expect(await readdir(it.at('root'))).toEqual(['sub'])
})
