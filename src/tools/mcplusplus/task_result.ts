import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { FINAL_STATUSES, type Task } from '../../services/queue/api.ts'
import { targetFields } from '../peer-fields.ts'
import { aFailed, aIsDone } from '../task-examples.ts'
import { given, taskIdField } from '../task-fields.ts'
import { errorSchema, logsSchema, statusSchema, toError, toLogs } from '../task-view.ts'

const LOG_CHARACTERS = 20_000

export const taskResult = defineTool({
  name: 'task_result',
  aliases: [{ name: 'mcplusplus_taskqueue_result' }],
  group: 'p2p_taskqueue',
  title: 'Get what a task answered',
  askedFor: [
    'why did it fail',
    'what came out of the job',
    'output of finished work',
    'fetch the answer of a completed job'
  ],
  description:
    'Answers the result of a task that has ended, or the error with which it failed. Not for a task that still runs, which is TASK_STATE: use task_wait. Not for how it is getting on: use task_status.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    include_output: z.boolean().default(true).describe('What it wrote to stdout and stderr'),
    include_logs: z.boolean().default(false).describe('The newest lines that it wrote, with their times'),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    status: statusSchema,
    result: z.unknown().describe('null unless it was completed'),
    result_cid: z.string().optional().describe('Of a result over 64 KiB, which is not in result: task_body reads it'),
    truncated: z.boolean().describe('The result is only under result_cid'),
    error: errorSchema.nullable(),
    output: z.string().nullable(),
    logs: logsSchema.nullable(),
    execution_time: z.number().nullable().describe('Seconds that the last attempt took')
  }),
  errors: ['NOT_FOUND', 'TASK_STATE'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 200_000 },
  examples: [
    {
      title: 'A completed task',
      before: aIsDone,
      input: { task_id: 'a' },
      output: { status: 'completed', result: { rows: 3 }, output: 'read 3 rows', error: null, truncated: false }
    },
    {
      title: 'A failed task',
      before: aFailed,
      input: { task_id: 'a', include_output: false },
      output: { status: 'failed', result: null, error: { code: 'NO_SPACE' }, output: null }
    }
  ],
  async run({ task_id, include_output, include_logs }, { services: { queue } }) {
    const task = await queue.get(task_id)
    if (!FINAL_STATUSES.some(status => status === task.status)) throw notEnded(task)
    const written = task.logs.filter(({ stream }) => stream !== 'log')
    return {
      task_id,
      status: task.status,
      result: task.result ?? null,
      ...given({ result_cid: task.resultCid }),
      truncated: task.resultCid !== undefined,
      error: task.status === 'failed' && task.error ? toError(task.error) : null,
      output: include_output && written.length > 0 ? linesOf(toLogs(written, LOG_CHARACTERS)) : null,
      logs: include_logs ? toLogs(task.logs, LOG_CHARACTERS) : null,
      execution_time: timeOf(task)
    }
  }
})

const linesOf = (lines: readonly { message: string }[]): string => lines.map(({ message }) => message).join('\n')

const timeOf = ({ startedAt, finishedAt }: Task): number | null =>
  startedAt === undefined || finishedAt === undefined ? null : Math.max(0, finishedAt - startedAt) / 1000

function notEnded({ taskId, status }: Task): AppError {
  return new AppError('TASK_STATE', `Task "${taskId}" is ${status} and has no result yet; wait for it with task_wait`, {
    details: { task_id: taskId, status }
  })
}
