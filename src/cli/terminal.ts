/** What a subcommand gets from the process, and how it ends. */
import type { Readable, Writable } from 'node:stream'
import type { Log, LogFormat, LogLevel } from '../core/log.ts'

/** Where text goes: a terminal, a pipe or a file. */
export type Screen = Writable & { isTTY?: boolean; columns?: number }

export interface Terminal {
  env: Record<string, string | undefined>
  cwd: string
  home: string
  /** Of the Node that runs this. */
  nodeVersion: string
  /** The command that runs this program: a Node and a script. */
  program: readonly string[]
  stdin: Readable
  stdout: Screen
  stderr: Screen
  /** Aborted by the signals that ask to stop; the reason is the signal. */
  stop: AbortSignal
  /** `auto` is text for a person at a terminal, and JSON otherwise. */
  createLog(level: LogLevel, format: LogFormat | 'auto'): Log
  /** Of this process: microseconds and bytes. */
  usage(): { cpu: { user: number; system: number }; memory: { rss: number; heapUsed: number } }
}

/** The last three are those of a shell for a program that such a signal ended. */
export const EXIT = { ok: 0, failed: 1, usage: 2, SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Wrong usage: printed with a pointer to the help, and the program exits with 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export interface Command {
  summary: string
  help: string
  /** Arguments after the subcommand's name. */
  run(args: string[], terminal: Terminal): Promise<ExitCode>
  /** The help of what these arguments name, where that has a help of its own. */
  helpFor?(args: string[], terminal: Terminal): Promise<string | undefined>
}
