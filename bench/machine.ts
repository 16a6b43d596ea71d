/** Where and of what a result is: without this two results cannot be compared. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

export function describeMachine() {
  return {
    at: new Date().toISOString(),
    commit: git('rev-parse', 'HEAD'),
    isModified: git('status', '--porcelain') !== '',
    node: process.version,
    sdk: versionOf('@modelcontextprotocol/server'),
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 2 ** 20),
    /** Other work on the machine shows here. */
    load: loadavg()
  }
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(`${root}/node_modules/${name}/package.json`, 'utf8')).version
}
