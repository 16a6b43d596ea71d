/** What the tools behind MCP's tasks have in common. */
import { z } from 'zod'

/** The handle of a long call. */
export const handleField = () =>
  z
    .string()
    .min(1)
    .max(64)
    .regex(/^[A-Za-z0-9_-]+$/, 'Use letters, digits, _ and -')

const questionField = () =>
  z.object({
    method: z.enum(['elicitation/create', 'sampling/createMessage', 'roots/list']),
    params: z.record(z.string(), z.unknown()).optional()
  })

/** A long call as it stands: see `LongCallState`. */
export const stateField = () =>
  z.object({
    taskId: z.string(),
    status: z.enum(['working', 'input_required', 'completed', 'failed', 'cancelled']),
    message: z.string().optional(),
    createdAt: z.number(),
    updatedAt: z.number(),
    ttlMs: z.int(),
    questions: z.record(z.string(), questionField()).optional(),
    outcome: z.looseObject({ envelope: z.looseObject({}), isError: z.boolean() }).optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional()
  })

/** The call inside has kept to the budget of its own tool; its result must not be lost to a second one. */
export const RESULT_BYTES = 64 * 1024 * 1024

/** Stages an example: a call that has a handle of a chosen name. */
export const begunCall = (task_id: string) => ({
  tool: 'mcp_task_begin',
  args: { tool: 'load_dataset', arguments: { source: 'people.csv' }, task_id }
})
