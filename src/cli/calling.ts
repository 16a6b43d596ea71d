/** A node for as long as one command takes, and calls of tools on it. */
import type { Config } from '../config.ts'
import type { Log } from '../core/log.ts'
import { type Node, startNode } from '../node.ts'
import { configure, logOf } from './common.ts'
import { FailedCall } from './failed-call.ts'
import type { ConfigFlags } from './options.ts'
import { invokeShown } from './progress.ts'
import { telemetryOf } from './telemetry.ts'
import type { Terminal } from './terminal.ts'

/** Most commands have ended by then, and never load what a server is made of. */
const SHARE_AFTER_MS = 200

/** Answers what the tool answered; throws a FailedCall. */
export type Call = (tool: string, args: Record<string, unknown>) => Promise<Record<string, unknown>>

/** Opens the data directory, or turns to the process that owns it, for as long as `use` takes. */
export async function withNode<T>(flags: ConfigFlags, terminal: Terminal, use: (node: Node) => Promise<T>): Promise<T> {
  const config = await configure(flags, terminal)
  const log = logOf(config, terminal)
  // A command that is over in a moment has spans to tell, and no metrics.
  await using telemetry = await telemetryOf(config, log)
  await using node = await startNode(config, { log, tracer: telemetry?.tracer })
  await using _socket = shareWhenLong(node, config, log)
  return await use(node)
}

export async function withCalls<T>(
  flags: ConfigFlags,
  terminal: Terminal,
  use: (call: Call) => Promise<T>
): Promise<T> {
  return await withNode(flags, terminal, node =>
    use(async (tool, args) => {
      const outcome = await invokeShown(node.invoke, tool, args, terminal)
      if (outcome.failure) throw new FailedCall(outcome, tool, args)
      return outcome.envelope
    })
  )
}

/** A command that takes long must not keep others out of a data directory that it happens to own. */
function shareWhenLong(node: Node, config: Config, log: Log): AsyncDisposable {
  let sharing: Promise<AsyncDisposable> | undefined
  const share = async () => {
    const [{ shareNode }, { createFace }] = await Promise.all([import('./share.ts'), import('./face.ts')])
    return shareNode(node, createFace(node, config, log), config, log)
  }
  // Timers of ours keep no process alive, and while a call waits there may be nothing else: this one does.
  const timer = setInterval(() => {
    sharing ??= share()
  }, SHARE_AFTER_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await (await sharing)?.[Symbol.asyncDispose]()
    }
  }
}
