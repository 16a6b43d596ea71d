/** The options that every subcommand takes. */
import type { ParseArgsOptionsConfig } from 'node:util'

export const COMMON_OPTIONS = {
  'data-dir': { type: 'string' },
  config: { type: 'string' },
  'log-level': { type: 'string' },
  expose: { type: 'string' },
  debug: { type: 'boolean' }
} as const satisfies ParseArgsOptionsConfig

/** Flags as the configuration names them; flags that were not given are absent. */
export type ConfigFlags = Record<string, string | boolean | undefined>
