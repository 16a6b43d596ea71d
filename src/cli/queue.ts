/** `queue`: the task queue as a whole, for people at a shell. */
import { parseArgs } from 'node:util'
import { withCalls } from './calling.ts'
import { lookOf } from './look.ts'
import { COMMON_OPTIONS } from './options.ts'
import { describeResult } from './result-text.ts'
import { type Command, EXIT, UsageError } from './terminal.ts'
import { unknownWord } from './usage.ts'

const HELP = `Usage: ipfs-datasets-mcp queue stats [--json]
       ipfs-datasets-mcp queue pause [--reason <text>] [--json]
       ipfs-datasets-mcp queue resume [--json]

The queue in the data directory, also while a server runs on it. While it is paused no worker gets a task; what runs goes on.

Examples:
  ipfs-datasets-mcp queue stats
  ipfs-datasets-mcp queue pause --reason 'new disk'
  ipfs-datasets-mcp queue resume
`

const TOOLS: Record<string, string> = { stats: 'queue_stats', pause: 'queue_pause', resume: 'queue_resume' }

export const queue: Command = {
  summary: 'Show, pause and resume the task queue',
  help: HELP,
  async run(args, terminal) {
    const options = { ...COMMON_OPTIONS, json: { type: 'boolean' }, reason: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const { json = false, reason, ...flags } = values
    const [verb = '', ...rest] = positionals
    const tool = Object.hasOwn(TOOLS, verb) ? TOOLS[verb] : undefined
    if (tool === undefined) throw unknownWord('command of queue', verb, Object.keys(TOOLS))
    if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many`)
    const input = verb === 'pause' && reason !== undefined ? { reason } : {}
    const answer = await withCalls(flags, terminal, call => call(tool, input))
    const { stdout, env } = terminal
    stdout.write(json ? `${JSON.stringify(answer, undefined, 2)}\n` : describeResult(answer, lookOf(stdout, env)).text)
    return EXIT.ok
  }
}
