import { z } from 'zod'
import { parseCid } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { isSamePrincipal, type Principal } from '../../core/principal.ts'
import { defineTool } from '../../core/tool.ts'
import { BODY_FILE, type Queue, type Task } from '../../services/queue/api.ts'
import { targetFields } from '../peer-fields.ts'
import { taskIdField } from '../task-fields.ts'

const MAX_BYTES = 192 * 1024

const large = { tool: 'load_dataset', args: { source: 'x'.repeat(70_000) } }

export const taskBody = defineTool({
  name: 'task_body',
  group: 'p2p_taskqueue',
  title: 'Read a large payload or result of a task',
  askedFor: ['the whole input of a big job', 'download a result that was too large', 'payload over the limit'],
  description:
    'Reads, in parts of at most 192 KiB, the JSON of a payload or result over 64 KiB, which other answers give by its CID only. A peer reads those of tasks that it submitted or runs. Not for smaller ones: use task_result.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue', 'blocks'],
  input: z.strictObject({
    task_id: taskIdField(),
    part: z.enum(['payload', 'result']).default('payload'),
    offset: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0).describe('First byte'),
    length: z.int().min(1).max(MAX_BYTES).default(MAX_BYTES).describe('Bytes at most'),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    cid: z.string(),
    offset: z.int(),
    content: z.string().describe('base64'),
    returned: z.int().describe('Bytes in content, decoded'),
    total: z.int(),
    truncated: z.boolean().describe('There is more at offset + returned')
  }),
  errors: ['NOT_FOUND', 'FORBIDDEN', 'PEER_UNREACHABLE', 'OUTCOME_UNKNOWN'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 300_000 },
  examples: [
    {
      title: 'The first bytes of a payload',
      before: [{ tool: 'task_submit', args: { task_id: 'a', task_type: 'tool.call', payload: large } }],
      input: { task_id: 'a', length: 8 },
      output: { content: Buffer.from('{"args":').toString('base64'), returned: 8, truncated: true }
    },
    {
      title: 'A payload that stands in the task itself',
      before: [{ tool: 'task_submit', args: { task_id: 'a', task_type: 'tool.call', payload: { tool: 'ipfs_gc' } } }],
      input: { task_id: 'a' },
      error: 'NOT_FOUND'
    }
  ],
  async run({ task_id, part, offset, length }, { services: { queue, blocks }, principal, signal }) {
    const task = await queue.get(task_id)
    await requireOwn(queue, task, principal)
    const text = part === 'payload' ? task.payloadCid : task.resultCid
    if (text === undefined) throw new AppError('NOT_FOUND', `Task "${task_id}" has no ${part} that is kept by itself`)
    const cid = parseCid(text)
    const { sizeBytes: total } = await blocks.stat(cid, [BODY_FILE], { signal })
    const bytes = Buffer.concat(await Array.fromAsync(blocks.cat(cid, [BODY_FILE], { offset, length, signal })))
    const truncated = offset + bytes.length < total
    return { task_id, cid: text, offset, content: bytes.toString('base64'), returned: bytes.length, total, truncated }
  }
})

/** A peer has what it brought and what it works on; the others on this node have all. */
async function requireOwn(queue: Queue, task: Task, principal: Principal): Promise<void> {
  if (principal.kind !== 'peer' || isSamePrincipal(task.submitter, principal)) return
  const worker =
    task.status === 'running' && task.workerId !== undefined ? await queue.worker(task.workerId) : undefined
  if (worker && isSamePrincipal(worker.principal, principal)) return
  throw new AppError('FORBIDDEN', `Task "${task.taskId}" was neither submitted by this peer nor is it run by it`)
}
