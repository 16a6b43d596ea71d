/** The simulation would notice: bugs that are planted into copies of the shipping sources are each caught, and nothing else is. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BUGS } from './bugs.ts'
import { plant } from './plant.ts'

const HISTORIES = 250
const HUNT = fileURLToPath(new URL('hunt.ts', import.meta.url))
const LIMIT_MS = 240_000

interface Found {
  directory: string
  seed?: number
  fault?: string
}

describe('planted bugs', () => {
  let home: string
  const found = new Map<string, Found>()
  const directoryOf = (index: number) => join(home, String(index))

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'planted-'))
    await Promise.all(BUGS.map((bug, index) => plant(bug, directoryOf(index))))
    await plant({ name: 'none', edits: [] }, directoryOf(BUGS.length))
    const args = [HUNT, String(HISTORIES), ...Array.from({ length: BUGS.length + 1 }, (_, index) => directoryOf(index))]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS, maxBuffer: 1e8 })
    for (const line of stdout.trim().split('\n')) {
      // Written by `hunt.ts`, a line each.
      const result = JSON.parse(line) as Found
      found.set(result.directory, result)
    }
  }, LIMIT_MS + 30_000)
  afterAll(() => rm(home, { recursive: true, force: true }))

  test.each(BUGS.map(({ name }, index) => [name, index] as const))('%s: caught', (_name, index) => {
    expect(found.get(directoryOf(index))).toMatchObject({ fault: expect.any(String) })
  })

  test('the sources without a bug pass the same seeds', () => {
    expect(found.get(directoryOf(BUGS.length))).toEqual({ directory: directoryOf(BUGS.length) })
  })
})
