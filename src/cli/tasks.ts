/** `tasks`: the tools of the task queue for people at a shell. */
import { parseArgs } from 'node:util'
import { type Call, withCalls } from './calling.ts'
import { lookOf } from './look.ts'
import { COMMON_OPTIONS } from './options.ts'
import { printTable } from './table.ts'
import { describeTask, type TaskView, taskRow } from './task-text.ts'
import { type Command, EXIT, type ExitCode, type Terminal, UsageError } from './terminal.ts'
import { numberOf, unknownWord } from './usage.ts'
import { watchTask } from './watch-task.ts'

const HELP = `Usage: ipfs-datasets-mcp tasks list [--status <state>] [--type <type>] [--tag <tag>] [--limit <n>] [--json]
       ipfs-datasets-mcp tasks show <task id> [--json]
       ipfs-datasets-mcp tasks submit <type> --payload '{…}' [--id <id>] [--priority <1-10>] [--tag <tag>] [--json]
       ipfs-datasets-mcp tasks watch <task id> [--json]
       ipfs-datasets-mcp tasks cancel <task id> [--reason <text>] [--force] [--json]

Tasks of the queue in the data directory, also while a server runs on it. "watch" follows a task to its end and exits with 0 if
it was completed, otherwise with 1; "submit --watch" submits and follows.

  --status <state>      queued, running, completed, failed, cancelled or dead_letter
  --tag <tag>           May come several times
  --payload '{…}'       What is to be done, as a JSON object; of tool.call: { "tool": …, "args": { … } }
  --json                For programs: what the tool answered as JSON, with watch one line for each change

Examples:
  ipfs-datasets-mcp tasks submit tool.call --payload '{"tool":"load_dataset","args":{"source":"people.csv"}}' --watch
  ipfs-datasets-mcp tasks list --status queued
  ipfs-datasets-mcp tasks cancel nightly --reason 'not today'
`

const OPTIONS = {
  ...COMMON_OPTIONS,
  json: { type: 'boolean' },
  status: { type: 'string' },
  type: { type: 'string' },
  tag: { type: 'string', multiple: true },
  limit: { type: 'string' },
  payload: { type: 'string' },
  id: { type: 'string' },
  priority: { type: 'string' },
  watch: { type: 'boolean' },
  reason: { type: 'string' },
  force: { type: 'boolean' }
} as const

interface Asked {
  /** The first word after the verb: a task id or a type. */
  subject: string | undefined
  json: boolean
  values: Partial<Record<'status' | 'type' | 'limit' | 'payload' | 'id' | 'priority' | 'reason', string>> & {
    tag?: string[]
    watch?: boolean
    force?: boolean
  }
}

type Verb = (call: Call, asked: Asked, terminal: Terminal) => Promise<ExitCode>

export const tasks: Command = {
  summary: 'Submit, list, follow and cancel tasks',
  help: HELP,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: OPTIONS })
    const { 'data-dir': dataDir, config, 'log-level': logLevel, expose, debug, json = false, ...asked } = values
    const [name = '', subject, ...rest] = positionals
    const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined
    if (!verb) throw unknownWord('command of tasks', name, Object.keys(VERBS))
    if (rest.length > 0) throw new UsageError(`"${rest[0]}" is one word too many`)
    const flags = { 'data-dir': dataDir, config, 'log-level': logLevel, expose, debug }
    return await withCalls(flags, terminal, call => verb(call, { subject, json, values: asked }, terminal))
  }
}

const VERBS: Record<string, Verb> = {
  async list(call, { json, values: { status, type, tag, limit } }, terminal) {
    const { stdout } = terminal
    const args = {
      order: 'newest',
      ...(status !== undefined && { status_filter: status }),
      ...(type !== undefined && { task_types: [type] }),
      ...(tag && { tag_filter: tag }),
      limit: limit === undefined ? 20 : numberOf('--limit', limit)
    }
    const page = await call('task_list', args)
    if (json) return print(page, stdout)
    // The output schema of the tool has this form.
    const { tasks: found, total_count: total } = page as { tasks: TaskView[]; total_count: number }
    const head = ['task', 'type', 'status', 'priority', 'attempt', 'worker', 'created']
    if (found.length > 0) printTable(found.map(taskRow), terminal, head)
    stdout.write(found.length === total ? `${total} tasks\n` : `${found.length} of ${total} tasks; more with --limit\n`)
    return EXIT.ok
  },

  async show(call, { subject, json }, { stdout, env }) {
    const args = { task_id: taskOf('show', subject), include_logs: true, include_metrics: true, include_body: true }
    const task = await call('task_status', args)
    if (json) return print(task, stdout)
    stdout.write(describeTask(task, lookOf(stdout, env)))
    return EXIT.ok
  },

  async submit(call, { subject, json, values: { payload, id, priority, tag, watch } }, terminal) {
    if (subject === undefined) throw new UsageError('Which type of task? For example: tasks submit tool.call')
    const args = {
      task_type: subject,
      payload: payloadOf(payload),
      ...(id !== undefined && { task_id: id }),
      ...(priority !== undefined && { priority: numberOf('--priority', priority) }),
      ...(tag && { tags: tag })
    }
    const submitted = await call('task_submit', args)
    if (watch) return await watchTask(call, String(submitted.task_id), json, terminal)
    if (json) return print(submitted, terminal.stdout)
    terminal.stdout.write(`${submitted.task_id}\n`)
    return EXIT.ok
  },

  watch: (call, { subject, json }, terminal) => watchTask(call, taskOf('watch', subject), json, terminal),

  async cancel(call, { subject, json, values: { reason, force = false } }, { stdout }) {
    const args = { task_id: taskOf('cancel', subject), force, ...(reason !== undefined && { reason }) }
    const cancelled = await call('task_cancel', args)
    if (json) return print(cancelled, stdout)
    stdout.write(cancelled.status === 'running' ? 'Its worker was asked to stop\n' : 'Cancelled\n')
    return EXIT.ok
  }
}

function print(value: unknown, stdout: Terminal['stdout']): ExitCode {
  stdout.write(`${JSON.stringify(value, undefined, 2)}\n`)
  return EXIT.ok
}

function taskOf(verb: string, subject: string | undefined): string {
  if (subject !== undefined) return subject
  throw new UsageError(`Which task? For example: ipfs-datasets-mcp tasks ${verb} <task id>`)
}

function payloadOf(text: string | undefined): unknown {
  if (text === undefined) throw new UsageError(`What is to be done? For example: --payload '{"tool":"list_datasets"}'`)
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`--payload takes a JSON object, for example '{"tool":"list_datasets"}'`)
  }
}
