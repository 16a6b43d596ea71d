/** `call <tool>`: one tool call from the shell, on a data directory or on a running server. */
import { parseArgs } from 'node:util'
import type { JsonSchema } from '../core/catalog.ts'
import { AppError, toWireError } from '../core/errors.ts'
import type { CallOutcome, Invoke } from '../core/tool.ts'
import { COMMON_OPTIONS } from './common.ts'
import { type Command, EXIT, type Terminal, UsageError } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp call <tool> [key=value …] [--json '{…}'] [options]

Calls a tool and prints its result as JSON on standard output. Exits with 0, with 1 when the tool failed (one line of JSON on
standard error says why), or with 2 for wrong usage. Works on the data directory, also while a server runs on it.

  key=value         A parameter. Values are read as JSON where the tool takes something other than text
  --json '{…}'      All parameters as one JSON object; key=value adds to it
  --url <url>       Call a running server instead, for example http://127.0.0.1:3002/mcp; its access token, if it has
                    one, is taken from the environment variable IPFS_DATASETS_MCP_TOKEN

Examples:
  ipfs-datasets-mcp call load_dataset source=people.csv
  ipfs-datasets-mcp call query_dataset dataset_id=people sql='SELECT count(*) AS n FROM dataset'
  ipfs-datasets-mcp call process_dataset --json '{"dataset_source":"people","operations":[{"type":"limit","count":5}]}'
`

export const call: Command = {
  summary: 'Call a tool and print its result as JSON',
  help: HELP,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...COMMON_OPTIONS, json: { type: 'string' }, url: { type: 'string' } }
    })
    const [tool, ...pairs] = positionals
    if (tool === undefined) throw new UsageError('Which tool? For example: ipfs-datasets-mcp call list_datasets')
    const { json, url, ...flags } = values
    const parameters = json === undefined ? {} : parseObject(json)
    const outcome =
      url === undefined
        ? await callHere(tool, parameters, pairs, flags, terminal)
        : await callThere(url, tool, { ...parameters, ...readPairs(pairs, {}) }, terminal)
    return print(outcome, terminal)
  }
}

async function callHere(
  tool: string,
  parameters: object,
  pairs: string[],
  flags: Record<string, string | boolean | undefined>,
  terminal: Terminal
): Promise<CallOutcome> {
  const { withNode } = await import('./calling.ts')
  return await withNode(flags, terminal, async node => {
    // A name that is not there is the dispatcher's to explain.
    const schema = node.catalog.has(tool) ? node.catalog.resolve(tool).entry.inputSchema : {}
    return await runCall(node.invoke, tool, { ...parameters, ...readPairs(pairs, schema) }, terminal)
  })
}

async function callThere(url: string, tool: string, args: object, terminal: Terminal): Promise<CallOutcome> {
  if (!URL.canParse(url)) throw new UsageError(`"${url}" is not a URL; one looks like http://127.0.0.1:3002/mcp`)
  const [{ createRemoteInvoke, UnreachableError }, { VERSION }] = await Promise.all([
    import('../transports/remote-invoke.ts'),
    import('../version.ts')
  ])
  const token = terminal.env.IPFS_DATASETS_MCP_TOKEN
  const client = { name: 'ipfs-datasets-mcp', version: VERSION }
  try {
    return await runCall(createRemoteInvoke({ url, ...(token && { token }) }, client), tool, args, terminal)
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error
    throw new AppError(
      'FETCH_FAILED',
      `Nobody answers at ${url}; start a server with: ipfs-datasets-mcp serve --transport http`
    )
  }
}

function runCall(invoke: Invoke, tool: string, args: object, { stop }: Terminal): Promise<CallOutcome> {
  return invoke({ tool, args, evidence: { kind: 'process' }, signal: stop })
}

function print({ envelope, failure }: CallOutcome, { stdout, stderr }: Terminal) {
  if (failure) {
    stderr.write(`${JSON.stringify({ request_id: envelope.request_id, ...toWireError(failure) })}\n`)
    return EXIT.failed
  }
  stdout.write(`${JSON.stringify(envelope, undefined, 2)}\n`)
  return EXIT.ok
}

function parseObject(text: string): Record<string, unknown> {
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new UsageError(`--json takes one JSON object, for example --json '{"source": "people.csv"}'`)
}

function readPairs(pairs: string[], schema: JsonSchema): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(pair => {
      const at = pair.indexOf('=')
      if (at < 1) throw new UsageError(`"${pair}" is not key=value`)
      const name = pair.slice(0, at)
      return [name, readValue(pair.slice(at + 1), Object(Object(schema.properties)[name]))]
    })
  )
}

/** Text stays text where the schema takes text, unless it is an object or a list and the schema takes more than text. */
function readValue(text: string, schema: { type?: unknown; anyOf?: unknown }): unknown {
  const forms: unknown[] = Array.isArray(schema.anyOf) ? schema.anyOf.map(form => Object(form).type) : [schema.type]
  const parsed = forms.length === 1 && forms[0] === 'string' ? undefined : parseJson(text)
  if (forms.includes('string') && typeof parsed !== 'object') return text
  return parsed ?? text
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
