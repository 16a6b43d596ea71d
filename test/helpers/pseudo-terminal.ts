/** The program in a real pseudo-terminal, which `script` of util-linux makes: it sees a terminal, and keys are pressed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { quoted } from '../../src/cli/shell-words.ts'
import { end, MAIN, type Workspace } from './processes.ts'

export interface PseudoTerminal extends AsyncDisposable {
  /** All that was shown so far. */
  shown(): string
  press(keys: string): void
  /** The exit code, once the program has ended. */
  ended: Promise<number | null>
  child: ChildProcess
}

export interface Setting {
  columns?: number
  env?: Record<string, string>
}

export function hasPseudoTerminals(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    console.warn('SKIPPED: script of util-linux is not installed, so nothing is tested in a terminal')
    return false
  }
}

export function startInTerminal({ cwd, dataDir }: Workspace, args: string[], { columns = 80, env }: Setting = {}) {
  const program = [process.execPath, MAIN, ...args, '--data-dir', dataDir].map(quoted).join(' ')
  // Whatever this test runs in must not decide about its colours.
  const { NO_COLOR, FORCE_COLOR, CI, ...own } = process.env
  const child = spawn('script', ['-qefc', `stty cols ${columns} rows 24; exec ${program}`, '/dev/null'], {
    cwd,
    env: { ...own, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit']
  })
  let text = ''
  child.stdout.on('data', chunk => {
    text += chunk
  })
  const terminal: PseudoTerminal = {
    shown: () => text,
    press: keys => child.stdin.write(keys),
    ended: once(child, 'close').then(([code]) => code),
    child,
    [Symbol.asyncDispose]: () => end(child, 'SIGKILL')
  }
  return terminal
}

/** Runs the program to its end; answers what was shown. */
export async function runInTerminal(workspace: Workspace, args: string[], setting: Setting = {}) {
  await using terminal = startInTerminal(workspace, args, setting)
  const code = await terminal.ended
  return { code, shown: terminal.shown().replaceAll('\r\n', '\n') }
}
