/** Calls of tools for subcommands that show people what came back. */
import { startNode } from '../node.ts'
import { type ConfigFlags, configure, logOf } from './common.ts'
import type { Terminal } from './terminal.ts'

/** Answers what the tool answered; throws its failure. */
export type Call = (tool: string, args: object) => Promise<Record<string, unknown>>

/** Opens the data directory, or turns to the process that owns it, for as long as `use` takes. */
export async function withCalls<T>(
  flags: ConfigFlags,
  terminal: Terminal,
  use: (call: Call) => Promise<T>
): Promise<T> {
  const config = await configure(flags, terminal)
  await using node = await startNode(config, { log: logOf(config, terminal) })
  return await use(async (tool, args) => {
    const { envelope, failure } = await node.invoke({
      tool,
      args,
      evidence: { kind: 'process' },
      signal: terminal.stop
    })
    if (failure) throw failure
    return envelope
  })
}
