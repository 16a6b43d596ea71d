/** `call <tool>`: one tool call from the shell, on a data directory or on a running server. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import type { JsonSchema, ManifestTool } from '../core/catalog.ts'
import { AppError, hasCode } from '../core/errors.ts'
import type { CallOutcome, Invoke } from '../core/tool.ts'
import { argumentWords, type ReadText, readArguments } from './arguments.ts'
import { FailedCall } from './failed-call.ts'
import { explained, knownTools } from './known-tools.ts'
import { lookOf } from './look.ts'
import { nextPage } from './next-page.ts'
import { COMMON_OPTIONS, type ConfigFlags } from './options.ts'
import { invokeShown } from './progress.ts'
import { describeResult } from './result-text.ts'
import { commandLine } from './shell-words.ts'
import { cutHint } from './table.ts'
import { type Command, EXIT, type ExitCode, type Terminal, UsageError } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp call <tool> [key=value …] ['{…}'] [--json] [options]

Calls a tool and prints what it answers: rows as a table, the rest as names and values. Works on the data directory, also while
a server runs on it. "call <tool> --help" shows the parameters of that tool, with examples.

  key=value         A parameter. Values are read as JSON where the tool takes something other than text
  key=@file         Its value from a file, or from standard input: key=@-
  '{…}' or @file    Parameters as one JSON object; later words win
  --json            Print the answer as JSON, whole; of a failure too
  --url <url>       Call a running server instead, for example http://127.0.0.1:3002/mcp; its access token, if it has
                    one, is taken from the environment variable IPFS_DATASETS_MCP_TOKEN

Examples:
  ipfs-datasets-mcp call load_dataset source=people.csv
  ipfs-datasets-mcp call query_dataset dataset_id=people sql='SELECT count(*) AS n FROM dataset'
  ipfs-datasets-mcp call query_dataset dataset_id=people sql=@question.sql --json
  ipfs-datasets-mcp call process_dataset '{"dataset_source":"people","operations":[{"type":"limit","count":5}]}'
`

/** A call as the command line has it. `entry` is missing for tools that only the server at `--url` knows. */
interface Called {
  tool: string
  entry: ManifestTool | undefined
  args: Record<string, unknown>
  flags: ConfigFlags
  isJson: boolean
}

const OPTIONS = { ...COMMON_OPTIONS, json: { type: 'boolean' }, url: { type: 'string' } } as const

export const call: Command = {
  summary: 'Call a tool and print what it answers',
  help: HELP,
  async run(words, terminal) {
    const { values, positionals } = parseArgs({ args: words, allowPositionals: true, options: OPTIONS })
    const [tool, ...given] = positionals
    if (tool === undefined) throw new UsageError('Which tool? For example: ipfs-datasets-mcp call list_datasets')
    const { json: isJson = false, ...flags } = values
    const catalog = knownTools()
    const entry =
      flags.url === undefined || catalog.has(tool) ? (await explained(() => catalog.resolve(tool))).entry : undefined
    const args = await readArguments(given, schemaOf(entry), reader(terminal))
    const called = { tool, entry, args, flags, isJson }
    const outcome = await callIt(called, terminal)
    if (outcome.failure) throw new FailedCall(outcome, tool, args)
    return print(outcome.envelope, called, terminal)
  },
  async helpFor(words, terminal) {
    const { positionals } = parseArgs({ args: words, allowPositionals: true, strict: false })
    if (positionals[0] === undefined) return undefined
    const { describeTool } = await import('./tools.ts')
    return await describeTool(positionals[0], terminal)
  }
}

const schemaOf = (entry: ManifestTool | undefined): JsonSchema => entry?.inputSchema ?? {}

function reader({ cwd, stdin }: Terminal): ReadText {
  return async path => {
    if (path === '-') return await text(stdin)
    try {
      return await readFile(resolve(cwd, path), 'utf8')
    } catch (error) {
      const why = hasCode(error, 'ENOENT') ? 'it is not there' : error instanceof Error ? error.message : String(error)
      throw new UsageError(`${path} cannot be read: ${why}. Text that begins with @ is given as JSON: '{"key": "@…"}'`)
    }
  }
}

function callIt({ tool, args, flags: { url, ...flags } }: Called, terminal: Terminal): Promise<CallOutcome> {
  const use = (invoke: Invoke) => invokeShown(invoke, tool, args, terminal)
  return typeof url === 'string' ? callThere(url, use, terminal) : callHere(flags, use, terminal)
}

async function callHere<T>(flags: ConfigFlags, use: (invoke: Invoke) => Promise<T>, terminal: Terminal): Promise<T> {
  const { withNode } = await import('./calling.ts')
  return await withNode(flags, terminal, node => use(node.invoke))
}

async function callThere<T>(url: string, use: (invoke: Invoke) => Promise<T>, terminal: Terminal): Promise<T> {
  if (!URL.canParse(url)) throw new UsageError(`"${url}" is not a URL; one looks like http://127.0.0.1:3002/mcp`)
  const [{ createRemoteInvoke, UnreachableError }, { VERSION }] = await Promise.all([
    import('../transports/remote-invoke.ts'),
    import('../version.ts')
  ])
  const token = terminal.env.IPFS_DATASETS_MCP_TOKEN
  const client = { name: 'ipfs-datasets-mcp', version: VERSION }
  try {
    return await use(createRemoteInvoke({ url, ...(token && { token }) }, client))
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error
    throw new AppError(
      'FETCH_FAILED',
      `Nobody answers at ${url}; start a server with: ipfs-datasets-mcp serve --transport http`
    )
  }
}

function print(envelope: Record<string, unknown>, called: Called, terminal: Terminal): ExitCode {
  const { stdout, stderr, env } = terminal
  if (called.isJson) {
    stdout.write(`${JSON.stringify(envelope, undefined, 2)}\n`)
    return EXIT.ok
  }
  const { text, isCut } = describeResult(envelope, lookOf(stdout, env))
  stdout.write(text)
  const look = lookOf(stderr, env)
  if (isCut) stderr.write(cutHint(look))
  const more = moreCommand(envelope, called)
  if (more !== undefined) stderr.write(`${look.faint('More:')} ${more}\n`)
  return EXIT.ok
}

/** The command for the next page, on the same data directory or server. */
function moreCommand(envelope: Record<string, unknown>, { tool, entry, args, flags }: Called): string | undefined {
  const page = entry && nextPage(knownTools(), { tool, entry, args }, envelope)
  if (!page) return undefined
  const options = Object.entries(flags).flatMap(([name, value]) =>
    typeof value === 'string' ? [`--${name}`, value] : value ? [`--${name}`] : []
  )
  return commandLine('call', page.tool, ...argumentWords(page.args, page.entry.inputSchema), ...options)
}
