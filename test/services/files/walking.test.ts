import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Files } from '../../../src/services/files/api.ts'
import { openWorkspace, textOf } from './workspace.ts'

async function pathsOf(files: Files, path: string, signal?: AbortSignal): Promise<string[]> {
  const paths: string[] = []
  for await (const file of files.walk(path, signal ? { signal } : {})) paths.push(file.relativePath)
  return paths
}

test('a walk gives every file once, in byte order of the whole path', async () => {
  const segment = fc.constantFrom('a', 'a-b', 'a.b', 'ab', 'B', 'é', '😀', '\uffee', ' ', '-')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(segment, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), async trees => {
      await using it = await openWorkspace()
      const expected = new Set<string>()
      for (const names of trees) {
        // Suffixed, so that no name is both a file and a directory.
        const path = `${names
          .slice(0, -1)
          .map(name => `${name}d/`)
          .join('')}${names.at(-1)}f`
        await mkdir(dirname(it.at('root/sub', path)), { recursive: true })
        await writeFile(it.at('root/sub', path), path)
        expected.add(path)
      }
      const inOrder = [...expected].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect(await pathsOf(it.files, 'sub')).toEqual(inOrder)
    }),
    { numRuns: 40 }
  )
})

test('a walked file opens as itself', async () => {
  await using it = await openWorkspace()
  await writeFile(it.at('root/sub/a'), 'hello')
  for await (const walked of it.files.walk('.')) {
    await using file = await walked.open()
    expect([walked.relativePath, await textOf(file)]).toEqual(['sub/a', 'hello'])
  }
})

test('an output under way is not part of a walk', async () => {
  await using it = await openWorkspace()
  await using _output = await it.files.create('sub/a')
  expect(await pathsOf(it.files, '.')).toEqual([])
})

test('a link or special file is refused by its name', async () => {
  await using it = await openWorkspace()
  await symlink('/etc', it.at('root/sub/etc'))
  await expect(pathsOf(it.files, '.')).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('sub/etc')
  })
})

test('what is no directory, missing or outside cannot be walked', async () => {
  await using it = await openWorkspace()
  await writeFile(it.at('root/a'), '')
  await expect(pathsOf(it.files, 'a')).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(pathsOf(it.files, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(pathsOf(it.files, '..')).rejects.toMatchObject({ code: 'PATH_FORBIDDEN' })
})

test('an abort ends a walk with its reason', async () => {
  await using it = await openWorkspace()
  await writeFile(it.at('root/a'), '')
  await expect(pathsOf(it.files, '.', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
})

test('scratch directories are private, apart from each other, gone when disposed and after a crash', async () => {
  await using it = await openWorkspace()
  let path: string
  {
    await using one = await it.files.scratch()
    await using two = await it.files.scratch()
    path = one.path
    expect(one.path).not.toBe(two.path)
    await mkdir(join(one.path, 'deep'))
    await writeFile(join(one.path, 'deep/file'), 'x')
  }
  expect(await readdir(dirname(path))).toEqual([])

  const lost = await it.files.scratch()
  await writeFile(join(lost.path, 'file'), 'x')
  await using next = await openWorkspace({ scratchDirectory: it.at('scratch') })
  expect(await readdir(it.at('scratch'))).toEqual([])
  await next.files.stop()
})
