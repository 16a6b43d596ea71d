/** The tools that the tasks of a history call, one for each type of work. */
import { z } from 'zod'
import { AppError } from '../../../src/core/errors.ts'
import type { Principal } from '../../../src/core/principal.ts'
import { type Category, defineTool } from '../../../src/core/tool.ts'
import { TYPES } from '../actors/work.ts'
import type { CarriedClaim } from './carrier.ts'

const input = z.strictObject({
  durationMs: z.number(),
  failures: z.number(),
  code: z.string(),
  hangs: z.number(),
  isDeaf: z.boolean(),
  padding: z.string(),
  claim: z.object({ token: z.string(), attempt: z.number(), taskId: z.string() })
})

/** Longer than any task of a history may take. */
const HANG_MS = 1_000_000

/** Makes a result that is kept in a block of its own. */
const PADDING_TIMES = 300

/** Where a work tool runs. */
export interface Workplace {
  pause(ms: number, signal: AbortSignal | undefined): Promise<void>
  perform(tool: string, claim: CarriedClaim, principal: Principal): void
}

export const toolOf = (type: string): string => `work_${type}`
export const WORK_TOOLS = TYPES.map(toolOf)

export function workTools({ pause, perform }: Workplace): Category {
  const tools = WORK_TOOLS.map(name =>
    defineTool({
      name,
      title: 'Work',
      description: 'Work of a history.',
      runtime: 'general',
      remote: 'task',
      effect: 'external',
      capability: { ability: 'test/work', resource: () => 'test' },
      needs: [],
      input,
      output: z.object({ token: z.string(), padding: z.string() }),
      errors: ['FETCH_FAILED', 'UNSUPPORTED'],
      limits: { timeoutMs: 3_600_000 },
      examples: [],
      async run({ durationMs, failures, code, hangs, isDeaf, padding, claim }, { signal, progress, principal }) {
        if (claim.attempt <= hangs) await pause(HANG_MS, signal)
        progress(1, 2, 'It begins')
        await pause(durationMs, isDeaf ? undefined : signal)
        // Drawn by the submitter from the table of errors.
        if (claim.attempt <= failures) throw new AppError(code as AppError['code'], 'It failed as it was told to')
        signal.throwIfAborted()
        perform(name, claim, principal)
        return { token: claim.token, padding: padding.repeat(PADDING_TIMES) }
      }
    })
  )
  return { id: 'work', title: 'Work', summary: 'Work of a history', tools }
}
