/** What a check of the doctor is: one question about this machine, with the command that mends it when the answer is bad. */
import type { Config } from '../../config.ts'
import type { ClientPlace } from '../clients/clients.ts'

/** What the checks see of the machine. Everything that a test must be able to break stands here. */
export interface Machine extends ClientPlace {
  cwd: string
  nodeVersion: string
  /** Undefined where the system has no user numbers. */
  userId: number | undefined
  temporaryDirectory: string
  now(): number
  freeMemoryBytes(): number
  /** Open files that this process may have; undefined where the system does not tell. */
  openFileLimit(): Promise<number | undefined>
  space(path: string): Promise<{ freeBytes: number; freeFiles: number | undefined }>
  lookup(name: string): Promise<string>
  load(module: string): Promise<unknown>
}

export interface CheckContext {
  machine: Machine
  /** The settings, or why they cannot be read. */
  config: { value: Config } | { problem: Error }
}

/** `fine` says what was found; the others say what is wrong and what mends it. */
export type Finding =
  | { status: 'fine' | 'skipped'; message: string }
  | { status: 'warning' | 'failed'; message: string; cure: string }

export interface Check {
  id: string
  title: string
  run(context: CheckContext): Promise<Finding> | Finding
}

/** A check that means nothing while the settings cannot be read. */
export interface ConfiguredCheck extends Omit<Check, 'run'> {
  run(config: Config, machine: Machine): Promise<Finding> | Finding
}

export const fine = (message: string): Finding => ({ status: 'fine', message })
export const skipped = (message: string): Finding => ({ status: 'skipped', message })
export const warning = (message: string, cure: string): Finding => ({ status: 'warning', message, cure })
export const failed = (message: string, cure: string): Finding => ({ status: 'failed', message, cure })

export function withConfig({ id, title, run }: ConfiguredCheck): Check {
  return {
    id,
    title,
    run: ({ config, machine }) =>
      'value' in config ? run(config.value, machine) : skipped('The settings have to be mended first')
  }
}
