/** Tasks that call a tool, through the dispatcher, as who submitted them. */
import type { Catalog } from '../../core/catalog.ts'
import { absentClient, type Client } from '../../core/client.ts'
import { AppError } from '../../core/errors.ts'
import type { Invoke, ReportProgress } from '../../core/tool.ts'
import type { JsonObject } from '../queue/api.ts'
import { type TaskHandler, type TaskRun, TOOL_CALL } from './api.ts'

export interface ToolCallOptions {
  invoke: Invoke
  catalog: Pick<Catalog, 'resolve'>
}

export function createToolCallHandler({ invoke, catalog }: ToolCallOptions): TaskHandler {
  return {
    type: TOOL_CALL,
    async run(run) {
      const { tool, args } = callOf(run.payload)
      const { entry } = catalog.resolve(tool)
      if (entry.remote === 'never') {
        throw new AppError('FORBIDDEN', `The tool "${entry.name}" does not run as a task; call it directly`)
      }
      const { envelope, failure } = await invoke({
        tool,
        args,
        evidence: { kind: 'submitter', principal: run.task.submitter },
        signal: run.signal,
        progress: progressOf(run),
        client: listenerOf(run),
        trace: { task_id: run.task.taskId },
        follows: run.task.traceparent
      })
      if (failure?.code === 'INPUT_REQUIRED') {
        throw new AppError(
          'UNSUPPORTED',
          `The tool "${entry.name}" asks its caller back, and a task has none that answers`
        )
      }
      if (failure) throw failure
      return envelope
    }
  }
}

function callOf({ tool, args = {} }: JsonObject): { tool: string; args: object } {
  if (typeof tool !== 'string') throw notACall('/payload/tool', 'Must be the name of a tool')
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    throw notACall('/payload/args', 'Must be an object with the arguments of the tool')
  }
  return { tool, args }
}

function notACall(path: string, message: string): AppError {
  return new AppError('INVALID_INPUT', `${path}: ${message}`, { issues: [{ path, message }] })
}

export function progressOf(run: TaskRun): ReportProgress {
  return (done, total, message) =>
    run.progress({
      ...(total !== undefined && total > 0 && { fraction: done / total }),
      ...(message !== undefined && { message })
    })
}

/** The words of a tool to the person at its client become lines of the task's log. */
function listenerOf(run: TaskRun): Client {
  return { ...absentClient, tell: (level, message) => run.log(`${level}: ${message}`) }
}
