/**
 * Tasks that call a tool, in a process that does not own the data directory. A tool that needs no service is run here; any other is
 * run by the owner, which takes the lease for the right to do so. Who submitted the task is never said between processes.
 */
import type { Catalog } from '../../core/catalog.ts'
import type { Evidence } from '../../core/principal.ts'
import type { Invoke } from '../../core/tool.ts'
import type { TaskHandler, TaskRun } from './api.ts'
import { createToolCallHandler, progressOf } from './tool-call.ts'

export interface RelayOptions {
  /** Calls the owner. */
  invoke: Invoke
  evidence: Evidence
  /** Runs a call of a tool that needs no service in this process. */
  invokePure: Invoke
  catalog: Pick<Catalog, 'has' | 'resolve'>
}

export function createRelayHandler({ invoke, evidence, invokePure, catalog }: RelayOptions): TaskHandler {
  const here = createToolCallHandler({ invoke: invokePure, catalog })

  async function runAtOwner(run: TaskRun): Promise<unknown> {
    const { envelope, failure } = await invoke({
      tool: 'task_run',
      args: { task_id: run.task.taskId, lease_token: run.leaseToken },
      evidence,
      signal: run.signal,
      progress: progressOf(run)
    })
    if (failure) throw failure
    return envelope.result
  }

  return {
    type: here.type,
    run(run) {
      const { tool } = run.payload
      const isPure = typeof tool !== 'string' || !catalog.has(tool) || catalog.resolve(tool).entry.needs.length === 0
      // What is not a call of a tool is refused here as well as there.
      return isPure ? here.run(run) : runAtOwner(run)
    }
  }
}
