/** The settings of a command, from its flags, the environment and the file. */
import { readFile, stat } from 'node:fs/promises'
import { platform } from 'node:os'
import { type Config, loadConfig } from '../config.ts'
import { hasCode } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { ConfigFlags } from './options.ts'
import type { Terminal } from './terminal.ts'

export async function configure(flags: ConfigFlags, { env, cwd, home }: Terminal): Promise<Config> {
  return await loadConfig({ flags, env, cwd, home, readFile: path => readFile(path, 'utf8'), readSaved, modeOf })
}

async function readSaved(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

export function logOf(config: Config, terminal: Terminal): Log {
  return terminal.createLog(config.server.log_level, config.log.format)
}

const PERMISSIONS = 0o777

/** Windows has no such bits, and Node makes them up there. */
async function modeOf(path: string): Promise<number> {
  return platform() === 'win32' ? 0 : (await stat(path)).mode & PERMISSIONS
}
