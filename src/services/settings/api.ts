/**
 * The settings of this server while it runs, and what is saved for the next start.
 *
 * Guarantees:
 * - A change is checked as at a start: INVALID_INPUT names everything that is wrong, and then nothing of it is changed.
 * - A change is saved before it takes effect; some take effect at once, others at the next start, and each answer says which.
 * - Settings that say who may reach what are FORBIDDEN to tools.
 * - The file of saved settings is whole at any time: it is written beside and renamed.
 */
import type { Startable } from '../../core/startable.ts'

declare module '../../core/tool.ts' {
  interface Services {
    settings: Settings
  }
}

export interface SettingState {
  key: string
  /** What holds now. */
  value: unknown
  fallback: unknown
  /** What would be right, completing "takes …". */
  takes: string
  effect: 'now' | 'restart' | 'fixed'
  /** `default`, a place in a file, a variable, a flag, or `saved`. */
  source: string
  /** What is saved, if it is not what holds now. */
  saved: unknown
  /** Where the saved value is outweighed at the next start: a variable or a flag. */
  outweighedBy: string | undefined
}

export interface Endpoint {
  model: string
  endpoint: string
  type: string
  contextLength: number
}

export interface Settings extends Startable {
  list(): SettingState[]
  /** INVALID_INPUT with the nearest key if there is none. */
  get(key: string): SettingState
  /** The changes as they would be applied. Null means back to the default. */
  check(changes: Readonly<Record<string, unknown>>): SettingState[]
  /** With `backup`, `restore` leads back to what was saved before. */
  apply(changes: Readonly<Record<string, unknown>>, options?: { backup?: boolean }): Promise<SettingState[]>
  /** NOT_FOUND without a backup. What was saved becomes the backup. */
  restore(): Promise<SettingState[]>
  hasBackup(): boolean
  /** Addresses of models that clients share. In the order of their models. */
  endpoints(): readonly Endpoint[]
  /** Replaces one of the same model and type. */
  addEndpoint(endpoint: Endpoint): Promise<void>
  /** Answers how many there were. */
  removeEndpoint(model: string, address: string | undefined): Promise<number>
}

/** The settings that there are, as the program knows them. */
export interface SettingsTable {
  keys: readonly string[]
  describe(key: string): Pick<SettingState, 'fallback' | 'takes' | 'effect' | 'source' | 'outweighedBy'>
  current(key: string): unknown
  /** Undefined if it does not fit. */
  parse(key: string, value: unknown): { value: unknown } | undefined
  /** Takes effect at once. */
  put(key: string, value: unknown): void
}
