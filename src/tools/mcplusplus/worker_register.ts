import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { capabilitiesField, given, notesField, workerIdField } from '../task-fields.ts'
import { toWorker, workerSchema } from '../task-view.ts'

export const workerRegister = defineTool({
  name: 'worker_register',
  aliases: [{ name: 'mcplusplus_worker_register' }],
  group: 'p2p_taskqueue',
  title: 'Register a worker',
  askedFor: [
    'announce who can run jobs',
    'how many jobs a worker takes at once',
    'add capacity',
    'tell what a worker is able to do'
  ],
  description:
    'Makes a worker and what it can run known to the queue, so that tasks of these types are taken; again, it renews what is known. Then task_claim with the same worker_id, which belongs to the caller that used it first. Not for seeing a worker: use worker_status.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'worker/register', resource: ({ worker_id }) => `worker:${worker_id}` },
  needs: ['queue'],
  input: z.strictObject({
    worker_id: workerIdField(),
    capabilities: capabilitiesField().describe('Task types that it runs, and what else tasks may require'),
    max_concurrent_tasks: z.int().min(1).max(10_000).default(5).describe('It is given no more at a time'),
    resource_limits: notesField().describe('For the worker to hold'),
    metadata: notesField(),
    ...targetFields()
  }),
  output: workerSchema.extend({ assigned_peers: z.array(z.string()).describe('Peers that it works for') }),
  errors: ['FORBIDDEN'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A worker for two types',
      input: { worker_id: 'w1', capabilities: ['tool.call', 'resize-image'] },
      output: { worker_id: 'w1', status: 'active', max_concurrent_tasks: 5 }
    },
    {
      title: 'One task at a time, on a machine with a GPU',
      input: { worker_id: 'w2', capabilities: ['embedding', 'gpu'], max_concurrent_tasks: 1 },
      output: { capabilities: ['embedding', 'gpu'], max_concurrent_tasks: 1 }
    }
  ],
  async run({ worker_id, capabilities, max_concurrent_tasks, resource_limits, metadata }, { services, principal }) {
    const worker = await services.queue.registerWorker({
      workerId: worker_id,
      capabilities,
      maxConcurrent: max_concurrent_tasks,
      principal,
      ...given({ resourceLimits: resource_limits, metadata })
    })
    return { ...toWorker(worker), assigned_peers: [] }
  }
})
