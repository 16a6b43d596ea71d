import type { ManifestTool } from '../../core/catalog.ts'
import type { CallContext, Tool } from '../../core/tool.ts'

/** Where calls run, with a budget of its own. */
export interface Lane {
  readonly name: string
  /** Runs the task when there is a place for it. BUSY when too many wait; the signal's reason if it is aborted while waiting. */
  run<T>(task: () => Promise<T> | T, signal: AbortSignal): Promise<T>
  /** Runs a tool for a call that has its place. */
  execute: Execute
  /** How many there are, and how many were refused up to now. */
  load(): { running: number; queued: number; refused: number }
}

export type Execute = (
  tool: Tool,
  entry: Pick<ManifestTool, 'category' | 'name'>,
  input: unknown,
  context: CallContext
) => Promise<unknown> | unknown

/** On this loop. */
export const executeHere: Execute = (tool, _entry, input, context) => tool.run(input, context)
