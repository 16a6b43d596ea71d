/** The options that every subcommand takes, and the configuration and node that they lead to. */
import { readFile, stat } from 'node:fs/promises'
import { platform } from 'node:os'
import type { ParseArgsOptionsConfig } from 'node:util'
import { type Config, loadConfig } from '../config.ts'
import type { Log } from '../core/log.ts'
import type { Terminal } from './terminal.ts'

export const COMMON_OPTIONS = {
  'data-dir': { type: 'string' },
  config: { type: 'string' },
  'log-level': { type: 'string' },
  'log-format': { type: 'string' },
  expose: { type: 'string' },
  debug: { type: 'boolean' }
} as const satisfies ParseArgsOptionsConfig

/** Flags as the configuration names them; flags that were not given are absent. */
export type ConfigFlags = Record<string, string | boolean | undefined>

export async function configure(flags: ConfigFlags, { env, cwd, home }: Terminal): Promise<Config> {
  return await loadConfig({ flags, env, cwd, home, readFile: path => readFile(path, 'utf8'), modeOf })
}

export function logOf(config: Config, terminal: Terminal): Log {
  return terminal.createLog(config.server.log_level, config.log.format)
}

const PERMISSIONS = 0o777

/** Windows has no such bits, and Node makes them up there. */
async function modeOf(path: string): Promise<number> {
  return platform() === 'win32' ? 0 : (await stat(path)).mode & PERMISSIONS
}
