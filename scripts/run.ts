import { spawnSync } from 'node:child_process'

/** Runs a command of the project with its output shown; a failure ends this script with the same exit code. */
export function run(command: string, args: string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (error) console.error(`${command} could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}
