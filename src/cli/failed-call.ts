/** A call that failed, with what is needed to say how to go on. Thrown by commands, and reported in one place. */
import type { WireError } from '../core/errors.ts'
import type { CallOutcome } from '../core/tool.ts'

/** The envelope of a failure: a wire error, with what speaks of the call. */
export type Problem = WireError & { success: false; status: 'error'; request_id?: string }

export class FailedCall extends Error {
  override name = 'FailedCall'
  readonly problem: Problem
  readonly tool: string
  readonly args: Record<string, unknown>

  constructor({ envelope }: CallOutcome, tool: string, args: Record<string, unknown>) {
    super(String(envelope.message))
    // The envelope of an outcome with a failure is that.
    this.problem = envelope as unknown as Problem
    this.tool = tool
    this.args = args
  }
}
