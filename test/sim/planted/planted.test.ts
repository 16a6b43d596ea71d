/** The simulation would notice: bugs that are planted into copies of the shipping sources are each caught, and nothing else is. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { QUEUE_BUGS } from './bugs.ts'
import type { Kind } from './hunt.ts'
import { PEER_BUGS } from './peer-bugs.ts'
import { plant } from './plant.ts'

/** More than any of them needs. */
const HISTORIES = { queue: 1000, peers: 100 }
const HUNT = fileURLToPath(new URL('hunt.ts', import.meta.url))
const LIMIT_MS = 300_000

interface Found {
  directory: string
  seed?: number
  fault?: string
}

describe.each([
  ['queue', QUEUE_BUGS],
  ['peers', PEER_BUGS]
] as const)('planted bugs: %s', (kind, bugs) => {
  let home: string
  let found: Found[]

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'planted-'))
    const directories = bugs.map((_, index) => join(home, String(index)))
    await Promise.all(bugs.map((bug, index) => plant(kind, bug, join(home, String(index)))))
    found = await hunt(kind, HISTORIES[kind], directories)
  }, LIMIT_MS)
  afterAll(() => rm(home, { recursive: true, force: true }))

  test.each(bugs.map(({ name }, index) => [name, index] as const))('%s: caught', (_name, index) => {
    expect(found[index]).toMatchObject({ fault: expect.any(String) })
  })

  test('the same sources without a bug pass the same seeds', { timeout: LIMIT_MS }, async () => {
    const directory = join(home, 'none')
    await plant(kind, { name: 'none', edits: [] }, directory)
    const most = found.reduce((max, { seed = 0 }) => Math.max(max, seed), 0)
    expect(await hunt(kind, most, [directory])).toEqual([{ directory }])
  })
})

/** In a process of its own, since what a bug does is not known. */
async function hunt(kind: Kind, most: number, directories: readonly string[]): Promise<Found[]> {
  const options = { timeout: LIMIT_MS, maxBuffer: 2 ** 27 }
  const { stdout } = await promisify(execFile)(process.execPath, [HUNT, kind, String(most), ...directories], options)
  // Written by `hunt.ts`, a line for each.
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Found)
}
