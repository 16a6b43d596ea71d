/**
 * Who submits the next task when the last one has ended, just as the worker comes back for more; and says the last one again, so that
 * the worker's claim and the new task meet in the batch behind that.
 */
import { AppError } from '../../../src/core/errors.ts'
import type { Caller } from '../world/calls.ts'
import { actor, type Work } from './work.ts'

const PATIENCE_MS = 60_000
const WORK: Work = { durationMs: 20, failures: 0, code: '', hangs: 0, isDeaf: false, padding: '' }

export async function chain(caller: Caller, links: number): Promise<void> {
  const submit = (link: number) =>
    caller.call('submit', [{ taskId: `link-${link}`, type: 'count', payload: WORK, submitter: actor }])
  await submit(0)
  for (let link = 1; link < links; link++) {
    const ended = caller.call('wait', [`link-${link - 1}`, { waitMs: PATIENCE_MS }], { waitMs: PATIENCE_MS })
    await ended.catch(ignoreRemoved)
    await Promise.all([submit(link - 1), submit(link)])
  }
}

/** A queue that keeps few finished tasks may have removed it already. */
function ignoreRemoved(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error
}
