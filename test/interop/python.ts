/** A Python with py-libp2p in it: made once in the temporary directory, for each version of what is asked for. */
import { execFile } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url))
/** py-libp2p asks for 3.10; what it stands on is tried from 3.11 on. */
const CANDIDATES = ['python3.13', 'python3.12', 'python3.11', 'python3']
const OLDEST_MINOR = 11
const INSTALL_LIMIT_MS = 10 * 60_000

export interface Python {
  path: string
  /** Of Python and of py-libp2p. */
  versions: string
}

/** Throws with the reason in words if there is no Python that is new enough, or what it needs cannot be had. */
export async function preparePython(say: (text: string) => void): Promise<Python> {
  const problems: string[] = []
  for (const command of CANDIDATES) {
    const version = await versionOf(command)
    if (!version) continue
    try {
      return await prepare(command, version, say)
    } catch (error) {
      problems.push(`${command} ${version}: ${lastLine(error)}`)
    }
  }
  throw new Error(problems.join('; ') || `no Python from 3.${OLDEST_MINOR} on is on the path`)
}

async function prepare(command: string, version: string, say: (text: string) => void): Promise<Python> {
  const wanted = hash('sha256', `${version} ${await readFile(REQUIREMENTS, 'utf8')}`).slice(0, 12)
  const place = join(tmpdir(), `ipfs-datasets-interop-${wanted}`)
  const path = join(place, 'bin', 'python')
  const done = join(place, 'installed')
  if (!existsSync(done)) {
    say(`Installing py-libp2p for ${command} ${version} in ${place}`)
    await rm(place, { recursive: true, force: true })
    await run(command, ['-m', 'venv', place])
    await run(path, ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS], { timeout: INSTALL_LIMIT_MS })
    await run(path, ['-c', 'import libp2p'])
    await writeFile(done, '')
  }
  const { stdout } = await run(path, ['-c', 'from importlib.metadata import version; print(version("libp2p"))'])
  return { path, versions: `Python ${version}, py-libp2p ${stdout.trim()}` }
}

async function versionOf(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, ['-c', 'import platform; print(platform.python_version())'])
    const [major, minor] = stdout.trim().split('.').map(Number)
    return major === 3 && Number(minor) >= OLDEST_MINOR ? stdout.trim() : undefined
  } catch {
    return undefined
  }
}

const lastLine = (error: unknown): string =>
  String(Object(error).stderr || error)
    .trim()
    .split('\n')
    .at(-1) ?? ''
