import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Mounts a file system of so many megabytes in memory; undefined where there is no right to, which it says. */
export async function mountSmallDisk(megabytes: number): Promise<string | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'full-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], { stdio: 'ignore' })
    return directory
  } catch {
    await rm(directory, { recursive: true })
    console.warn('SKIPPED: no right to mount a file system, so a full disk cannot be tested here')
    return undefined
  }
}

export async function unmountSmallDisk(directory: string): Promise<void> {
  execFileSync('umount', [directory])
  await rm(directory, { recursive: true })
}
