/** The command line: finds the subcommand, turns failures into one readable line and an exit code. */

import { AppError, toWireError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { type Command, EXIT, type ExitCode, type Terminal, UsageError } from './terminal.ts'

const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  serve: { summary: 'Serve MCP over stdio or HTTP', load: async () => (await import('./serve.ts')).serve },
  call: { summary: 'Call a tool and print its result as JSON', load: async () => (await import('./call.ts')).call },
  tools: { summary: 'List tools, or show how one is called', load: async () => (await import('./tools.ts')).tools },
  worker: { summary: 'Run tasks of the queue', load: async () => (await import('./worker.ts')).worker },
  tasks: { summary: 'Submit, list, follow and cancel tasks', load: async () => (await import('./tasks.ts')).tasks },
  queue: { summary: 'Show, pause and resume the task queue', load: async () => (await import('./queue.ts')).queue },
  p2p: { summary: 'Join other nodes and see them', load: async () => (await import('./p2p.ts')).p2p },
  setup: {
    summary: 'Write this server into the settings of an MCP client',
    load: async () => (await import('./setup.ts')).setup
  },
  doctor: {
    summary: 'Check what this server needs, and tell what mends it',
    load: async () => (await import('./doctor.ts')).doctor
  },
  completion: {
    summary: 'Print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completion
  },
  version: { summary: 'Print the version', load: async () => (await import('./version.ts')).version }
}

export async function runCli(argv: string[], terminal: Terminal): Promise<ExitCode> {
  const [name = 'serve', ...args] = argv[0]?.startsWith('-') ? splitLeadingFlags(argv) : argv
  try {
    if (name === 'help' || name === '--help' || name === '-h') return printHelp(terminal)
    if (name === '--version') return await (await load('version')).run([], terminal)
    if (name === 'complete') return await printCompletions(args.slice(args[0] === '--' ? 1 : 0), terminal)
    const command = await load(name)
    if (args.includes('--help') || args.includes('-h')) {
      terminal.stdout.write(command.help)
      return EXIT.ok
    }
    return await command.run(args, terminal)
  } catch (error) {
    return report(error, terminal)
  }
}

/** `--stdio` alone means `serve`, as does a flag in front. */
function splitLeadingFlags(argv: string[]): string[] {
  const [first = ''] = argv
  return ['--help', '-h', '--version'].includes(first) ? argv : ['serve', ...argv]
}

async function load(name: string): Promise<Command> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command) return await command.load()
  const near = nearest(name, Object.keys(COMMANDS))
  throw new UsageError(`There is no command "${name}"${near ? `; did you mean "${near}"?` : ''}`)
}

/** What the scripts of `completion` ask; no line that cannot be completed is an error. */
async function printCompletions(words: string[], { stdout }: Terminal): Promise<ExitCode> {
  const { complete } = await import('./complete.ts')
  const [name = ''] = words
  const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.load() : undefined
  const found = complete(words, Object.keys(COMMANDS), command)
  stdout.write(found.map(word => `${word}\n`).join(''))
  return EXIT.ok
}

function printHelp({ stdout }: Terminal): ExitCode {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  stdout.write(`Usage: ipfs-datasets-mcp <command> [options]

${lines.join('\n')}

Options of every command:
  --data-dir <path>     Where datasets and blocks are kept (default ~/.ipfs-datasets-mcp)
  --config <file>       A YAML file with settings
  --log-level <level>   debug, info, warn, error or silent; the log goes to standard error
  --log-format <form>   auto (default: text at a terminal, JSON otherwise), json or text
  --expose <what>       What is listed: meta (default), flat, or categories separated by commas
  --help                Help of a command, with examples

Examples:
  ipfs-datasets-mcp serve --transport http
  ipfs-datasets-mcp call load_dataset source=people.csv
  ipfs-datasets-mcp tools dataset_tools
`)
  return EXIT.ok
}

function report(error: unknown, { stderr }: Terminal): ExitCode {
  if (error instanceof UsageError || isParseArgsError(error)) {
    stderr.write(`${error.message}\nSee: ipfs-datasets-mcp --help\n`)
    return EXIT.usage
  }
  if (error instanceof AppError) {
    stderr.write(`${JSON.stringify(toWireError(error))}\n`)
    return error.code === 'CONFIG_INVALID' ? EXIT.usage : EXIT.failed
  }
  throw error
}

function isParseArgsError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
}
