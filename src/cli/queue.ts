/** `queue`: the task queue as a whole, for people at a shell. */
import { parseArgs } from 'node:util'
import { withCalls } from './calling.ts'
import { COMMON_OPTIONS } from './common.ts'
import { table } from './table.ts'
import { toText } from './task-text.ts'
import { type Command, EXIT, UsageError } from './terminal.ts'

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
    if (tool === undefined || rest.length > 0) {
      throw new UsageError(`What about the queue? One of ${Object.keys(TOOLS).join(', ')}`)
    }
    const input = verb === 'pause' && reason !== undefined ? { reason } : {}
    const answer = await withCalls(flags, terminal, call => call(tool, input))
    terminal.stdout.write(json ? `${JSON.stringify(answer, undefined, 2)}\n` : describe(answer))
    return EXIT.ok
  }
}

function describe({ ok, success, request_id, ...told }: Record<string, unknown>): string {
  const isCall = ([name, value]: [string, unknown]) => name === 'status' && value === 'success'
  const rows = Object.entries(told).filter(entry => entry[1] !== null && !isCall(entry))
  return table(rows.map(([name, value]) => [name.replaceAll('_', ' '), toText(value)]))
}
