/**
 * Child processes. A limit on the memory of a thread does not protect its process: one allocation far beyond it aborts them all, and
 * one is enough for JSON with a long array. A process of its own ends alone.
 */
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Child, ChildEnd } from './core/child.ts'
import { AppError } from './core/errors.ts'

const WORDS = 4096

/** Of a file beside this one, as a source or as an entry of the bundle. */
export function childModule(name: string): URL {
  return new URL(`${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
}

/** See StartChild. */
export function startChild(module: URL, memoryMb: number): Child {
  // Most servers live long before they need it, and some always.
  const { fork } = process.getBuiltinModule('node:child_process')
  const { TZ, SystemRoot } = process.env
  const child = fork(fileURLToPath(module), [String(process.pid)], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${memoryMb}`],
    env: { ...(TZ !== undefined && { TZ }), ...(SystemRoot !== undefined && { SystemRoot }) },
    // What it prints must not reach the streams of this process: one of them may be a protocol.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc']
  })
  let words = ''
  let isEnding = false
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS)
  })
  // That it could not be started or spoken to is told by its end.
  child.on('error', () => {})
  const ended = endOf(child, () => isEnding)
  hold(child, false)

  return {
    post: message => post(child, message),
    onMessage: listener => void child.on('message', listener as (message: unknown) => void),
    onEnd: listener => void ended.then(cause => listener({ cause, words })),
    hold: isHeld => hold(child, isHeld),
    async end() {
      isEnding = true
      // Whoever waits for its end must live until then.
      hold(child, true)
      child.kill('SIGKILL')
      await ended
    }
  }
}

/** The writer of messages follows values as deep as its stack is. */
function post(child: ChildProcess, message: unknown): void {
  try {
    child.send(message as object, () => {})
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new AppError('TOO_LARGE', 'A value is nested too deeply to be worked on; give it flatter')
  }
}

/** All three: what it said last may arrive after its exit. */
async function endOf(child: ChildProcess, isEnding: () => boolean): Promise<ChildEnd['cause']> {
  const gone = new Promise(resolve => child.once('disconnect', resolve))
  const closed = new Promise<ChildEnd['cause']>(resolve => {
    child.once('error', () => child.pid === undefined && resolve('crash'))
    child.once('close', (code, signal) => resolve(isEnding() ? 'ended' : causeOf(code, signal)))
  })
  const cause = await closed
  if (child.connected) await gone
  return cause
}

/** How V8 ends a process whose heap is full: by SIGABRT, or with its number where there are no signals. */
function causeOf(code: number | null, signal: NodeJS.Signals | null): ChildEnd['cause'] {
  return signal === 'SIGABRT' || code === 134 ? 'memory' : 'crash'
}

function hold(child: ChildProcess, isHeld: boolean): void {
  // A pipe of a child is a socket.
  const handles = [child, child.channel, child.stderr as unknown as NodeJS.RefCounted | null]
  for (const handle of handles) isHeld ? handle?.ref() : handle?.unref()
}
