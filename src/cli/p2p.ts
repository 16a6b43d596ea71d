/** `p2p`: peers from the shell. Each subcommand is one tool call on the data directory. */
import { parseArgs } from 'node:util'
import { configure, logOf } from './common.ts'
import { FailedCall } from './failed-call.ts'
import { lookOf } from './look.ts'
import { COMMON_OPTIONS } from './options.ts'
import { invokeShown } from './progress.ts'
import { describeResult } from './result-text.ts'
import { printTable } from './table.ts'
import { type Command, EXIT, type Terminal, UsageError } from './terminal.ts'
import { numberOf, unknownWord } from './usage.ts'

const HELP = `Usage: ipfs-datasets-mcp p2p <command> [options]

Joins this node with others. Nobody is trusted but who was invited; an invitation works once.

  invite                 Print one line to paste on the other machine
    --tools <names>      Tools that the other node may use here, beside queue, workers and p2p_status
    --expires <seconds>  How long the line works (default 600)
  join <line>            Use such a line: each node then trusts the other by its key
    --tools <names>      Tools that the other node may use here, likewise
  status                 Who this node is and where it listens
  peers                  The peers that it knows
  forget <peer>          Trust a peer no more

  --json                 Print the tool's result as JSON

Examples:
  ipfs-datasets-mcp p2p invite --tools query_dataset,load_dataset
  ipfs-datasets-mcp p2p join 'ipfs-datasets-join:…'
  ipfs-datasets-mcp p2p peers
`

const names = (list: string | undefined): string[] =>
  list === undefined
    ? []
    : list
        .split(',')
        .map(name => name.trim())
        .filter(name => name !== '')

interface Flags {
  tools?: string
  expires?: string
}

interface Action {
  tool: string
  args: (given: string | undefined, flags: Flags) => Record<string, unknown>
  show: (result: Record<string, unknown>, terminal: Terminal) => void
}

const ACTIONS: Record<string, Action> = {
  invite: {
    tool: 'peer_invite',
    args: (_, { tools, expires }) => ({
      tools: names(tools),
      ...(expires !== undefined && { expires_s: numberOf('--expires', expires) })
    }),
    show: ({ invitation, expires_at, tools }, { stdout }) =>
      stdout.write(`${invitation}

On the other machine, before ${expires_at}:
  ipfs-datasets-mcp p2p join '<the line above>'
It may then use here: ${(tools as string[]).join(', ')}
`)
  },
  join: {
    tool: 'peer_join',
    args: (line, { tools }) => ({
      invitation: required(line, 'Which line? Paste what p2p invite printed'),
      tools: names(tools)
    }),
    show: ({ peer_id, multiaddr }, { stdout }) => stdout.write(`Joined ${peer_id} at ${multiaddr}\n`)
  },
  status: {
    tool: 'p2p_status',
    args: () => ({}),
    show: ({ peer_id, addresses, connections, trusted_peers, open_invitations }, { stdout, env }) => {
      const told = { peer_id, addresses, connections, trusted_peers, open_invitations }
      stdout.write(describeResult(told, lookOf(stdout, env)).text)
    }
  },
  peers: {
    tool: 'peer_list',
    args: () => ({ limit: 1000 }),
    show: ({ peers }, terminal) => {
      const rows = (peers as Record<string, unknown>[]).map(peer => [
        String(peer.peer_id),
        String(peer.status),
        peer.is_trusted ? 'trusted' : '',
        peer.latency_ms === null ? '' : `${Number(peer.latency_ms).toFixed(1)} ms`,
        String(peer.multiaddr ?? '')
      ])
      if (rows.length > 0) printTable(rows, terminal, ['peer', 'status', 'trust', 'round trip', 'address'])
      else terminal.stdout.write('No peers yet; see: ipfs-datasets-mcp p2p invite\n')
    }
  },
  forget: {
    tool: 'peer_forget',
    args: peer => ({ peer_id: required(peer, 'Which peer? See: ipfs-datasets-mcp p2p peers') }),
    show: ({ peer_id, was_known }, { stdout }) =>
      stdout.write(was_known ? `Forgotten: ${peer_id}\n` : `Not known: ${peer_id}\n`)
  }
}

export const p2p: Command = {
  summary: 'Join other nodes and see them',
  help: HELP,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { ...COMMON_OPTIONS, tools: { type: 'string' }, expires: { type: 'string' }, json: { type: 'boolean' } }
    })
    const [name = '', given, ...more] = positionals
    const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
    if (!action) throw unknownWord('command of p2p', name, Object.keys(ACTIONS))
    if (more.length > 0) throw new UsageError(`Too many arguments: ${more.join(' ')}`)
    const { json, tools, expires, ...flags } = values
    const envelope = await callTool(
      action.tool,
      action.args(given, { ...(tools !== undefined && { tools }), ...(expires !== undefined && { expires }) }),
      flags,
      terminal
    )
    if (json) terminal.stdout.write(`${JSON.stringify(envelope, undefined, 2)}\n`)
    else action.show(envelope, terminal)
    return EXIT.ok
  }
}

/** In the process that owns the data directory; if that is this one, it is a peer for as long as the call takes. */
async function callTool(
  tool: string,
  args: Record<string, unknown>,
  flags: Record<string, string | boolean | undefined>,
  terminal: Terminal
): Promise<Record<string, unknown>> {
  const config = await configure({ ...flags, p2p: true }, terminal)
  const { startNode } = await import('../node.ts')
  await using node = await startNode(config, { log: logOf(config, terminal) })
  const outcome = await invokeShown(node.invoke, tool, args, terminal)
  if (outcome.failure) throw new FailedCall(outcome, tool, args)
  return outcome.envelope
}

function required(value: string | undefined, question: string): string {
  if (value !== undefined) return value
  throw new UsageError(question)
}
