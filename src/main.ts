/** The program. The only file that touches the process: arguments, environment, signals, streams and exit codes. */
import { homedir } from 'node:os'
import { runCli } from './cli/index.ts'
import { createLog } from './core/log.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => stopping.abort(signal))
}

// Whoever started us may stop reading at any time, as `head` does; that must not end us with a trace.
process.stderr.on('error', () => {})
process.stdout.on('error', () => {})

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  nodeVersion: process.versions.node,
  program: [process.execPath, ...process.argv.slice(1, 2)],
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  stop: stopping.signal,
  createLog(level, format) {
    const chosen = format === 'auto' ? (process.stderr.isTTY ? 'text' : 'json') : format
    return createLog(level, line => process.stderr.write(line), Date.now, chosen)
  },
  usage: () => ({ cpu: process.cpuUsage(), memory: process.memoryUsage() })
})
// A client that keeps our standard input open must not keep a finished program alive.
process.stdin.unref?.()
