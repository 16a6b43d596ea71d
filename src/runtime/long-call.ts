/** Which calls may be handed back as tasks: what the catalogue says of the tool that is really called. */
import type { Catalog } from '../core/catalog.ts'
import type { CallRequest, TaskSupport } from '../core/tool.ts'
import { unwrapDispatch } from './unwrap-dispatch.ts'

export interface LongCall {
  tool: string
  category: string
  args: unknown
  support: TaskSupport
}

/** Undefined for a call that its caller waits for, and for one that cannot be made: the call itself then says what is wrong. */
export function longCallOf(catalog: Catalog, call: Pick<CallRequest, 'tool' | 'args'>): LongCall | undefined {
  if (!catalog.has(call.tool)) return undefined
  try {
    const { tool, category, args }: Pick<CallRequest, 'tool' | 'category' | 'args'> = unwrapDispatch(catalog, call)
    const { entry } = catalog.resolve(tool, category)
    if (!entry.asTask || catalog.unavailability(entry) !== undefined) return undefined
    return { tool, category: entry.category, args, support: entry.asTask }
  } catch {
    return undefined
  }
}
