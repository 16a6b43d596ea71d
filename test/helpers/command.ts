/** The command line inside the test's process, with streams and a stop of its own: the same code as `main.ts` runs. */
import { PassThrough } from 'node:stream'
import { runCli as run } from '../../src/cli/index.ts'
import { createLog } from '../../src/core/log.ts'
import type { Workspace } from './processes.ts'

/** Where a command runs. */
type Place = Pick<Workspace, 'cwd' | 'dataDir'>

export interface Command {
  stdin: PassThrough
  stdout: PassThrough
  stderr: PassThrough
  stop: AbortController
  code: Promise<number>
}

/** Starts a subcommand; its streams are open and it may run until it is stopped. */
export function startCommand({ cwd, dataDir }: Place, args: string[], env: Record<string, string> = {}): Command {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const stop = new AbortController()
  const code = run(args, {
    env: { IPFS_DATASETS_MCP_DATA_DIR: dataDir, ...env },
    cwd,
    home: cwd,
    nodeVersion: process.versions.node,
    program: ['/opt/node/bin/node', '/opt/server/bin/ipfs-datasets-mcp.js'],
    stdin,
    stdout,
    stderr,
    stop: stop.signal,
    createLog: (level, format) => {
      const chosen = format === 'auto' ? 'json' : format
      return createLog(level, line => stderr.write(line), Date.now, chosen)
    },
    usage: () => ({ cpu: process.cpuUsage(), memory: process.memoryUsage() })
  })
  return { stdin, stdout, stderr, stop, code }
}

/** Runs a subcommand to its end and answers what it printed. */
export async function runCli(workspace: Place, args: string[], env: Record<string, string> = {}) {
  const { stdout, stderr, code } = startCommand(workspace, args, env)
  const ended = code.finally(() => {
    stdout.end()
    stderr.end()
  })
  const [printed, complained, exitCode] = await Promise.all([readAll(stdout), readAll(stderr), ended])
  return { stdout: printed, stderr: complained, code: exitCode }
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk
  return text
}
