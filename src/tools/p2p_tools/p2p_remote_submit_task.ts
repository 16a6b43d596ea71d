import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { payloadField, taskTypeField } from '../task-fields.ts'
import { awayPeer, remoteErrors, remoteFields, remoteTarget } from './remote-fields.ts'

export const p2pRemoteSubmitTask = defineTool({
  name: 'p2p_remote_submit_task',
  title: 'Submit a task to the queue of a peer, plainly',
  askedFor: ['send work to the queue of another machine', 'enqueue remotely', 'offload a job to a partner'],
  description:
    'Puts work into the queue of a peer by type, model and payload alone; nodes in Python take it too. Not for work with priorities, tags, times or retries, or that must not be there twice after a broken connection: use task_submit with target_peer_id and a task_id.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'task/submit', resource: ({ task_type }) => `task-type:${task_type}` },
  needs: ['peers'],
  input: z.strictObject({
    task_type: taskTypeField(),
    model_name: z.string().max(200),
    payload: payloadField(),
    ...remoteFields()
  }),
  output: z.object({ task_id: z.string(), peer_id: z.string().describe('Whose queue has it') }),
  errors: [...remoteErrors, 'TOO_LARGE', 'SERVICE_UNAVAILABLE'],
  examples: [
    {
      title: 'Nobody is named',
      input: { task_type: 'embedding', model_name: 'gte-small', payload: { texts: ['a'] } },
      error: 'INVALID_INPUT'
    },
    {
      title: 'A peer that is away',
      input: { task_type: 'embedding', model_name: 'gte-small', payload: { texts: ['a'] }, ...awayPeer },
      error: 'PEER_UNREACHABLE'
    }
  ],
  async run({ task_type, model_name, payload, remote_multiaddr, remote_peer_id }, { services: { peers }, signal }) {
    const target = remoteTarget(remote_multiaddr, remote_peer_id)
    const message = { op: 'submit', task_type, model_name, payload }
    const { task_id, peer_id } = await peers.queueRpc(target, message, { signal })
    return { task_id: String(task_id), peer_id: String(peer_id) }
  }
})
