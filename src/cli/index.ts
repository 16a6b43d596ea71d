/** The command line: finds the subcommand, turns failures into one readable line and an exit code. */

import { type Command, EXIT, type ExitCode, type Terminal } from './terminal.ts'

const COMMANDS: Record<string, { summary: string; load: () => Promise<Command> }> = {
  serve: { summary: 'Serve MCP over stdio or HTTP', load: async () => (await import('./serve.ts')).serve },
  call: { summary: 'Call a tool and print what it answers', load: async () => (await import('./call.ts')).call },
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

/** The arguments after the program's name. `--no-color` may stand anywhere, and is what NO_COLOR is. */
export async function runCli(argv: string[], terminal: Terminal): Promise<ExitCode> {
  const words = argv.filter(word => word !== '--no-color')
  const env = { ...terminal.env, NO_COLOR: '1', FORCE_COLOR: undefined }
  return await runCommand(words, words.length < argv.length ? { ...terminal, env } : terminal)
}

async function runCommand(argv: string[], terminal: Terminal): Promise<ExitCode> {
  const [name = 'serve', ...args] = argv[0]?.startsWith('-') ? splitLeadingFlags(argv) : argv
  let command: Command | undefined
  try {
    if (name === 'help' || name === '--help' || name === '-h') return printHelp(terminal)
    if (name === '--version') return await (await load('version')).run([], terminal)
    if (name === 'complete') return await printCompletions(args.slice(args[0] === '--' ? 1 : 0), terminal)
    command = await load(name)
    if (!args.includes('--help') && !args.includes('-h')) return await command.run(args, terminal)
    const words = args.filter(word => word !== '--help' && word !== '-h')
    terminal.stdout.write((await command.helpFor?.(words, terminal)) ?? command.help)
    return EXIT.ok
  } catch (error) {
    const { report } = await import('./report.ts')
    return report(error, { name, command, isJson: args.includes('--json') }, terminal)
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
  const { unknownWord } = await import('./usage.ts')
  throw unknownWord('command', name, Object.keys(COMMANDS))
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
  --no-color            No colours; they are used on a terminal only, and NO_COLOR and FORCE_COLOR are honoured
  --help                Help of a command, with examples; "call <tool> --help" is that of a tool

Examples:
  ipfs-datasets-mcp serve --transport http
  ipfs-datasets-mcp call load_dataset source=people.csv
  ipfs-datasets-mcp tools dataset_tools
`)
  return EXIT.ok
}
