/** Bad input: each a clear error with its code and the way to the fault, and nothing is changed by it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claim, type OpenNode, openNode, submit } from '../../helpers/open-node.ts'

let node: OpenNode
let token: unknown
beforeAll(async () => {
  node = await openNode()
  await submit(node, 'runs', { priority: 10 })
  token = (await claim(node)).lease_token
  await submit(node, 'waits')
  await submit(node, 'keyed', { idempotency_key: 'key-1' })
})
afterAll(() => node[Symbol.asyncDispose]())

/** All that a refused call could have changed. */
const picture = async () => [
  await node.call('task_list'),
  await node.call('queue_stats', { include_worker_stats: true })
]
const withoutIds = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (name, member) => (name === 'request_id' ? 0 : member)))

const payload = { tool: 'list_datasets' }
const refusals: [string, string, object, object][] = [
  [
    'a priority of 11',
    'task_submit',
    { task_type: 'tool.call', payload, priority: 11 },
    { error: 'INVALID_INPUT', issues: [{ path: '/priority' }] }
  ],
  [
    'a new priority of 0',
    'task_priority',
    { task_id: 'waits', new_priority: 0 },
    { error: 'INVALID_INPUT', issues: [{ path: '/new_priority' }] }
  ],
  [
    'an unknown task type, with the nearest name',
    'task_submit',
    { task_type: 'tool.cal', payload },
    { error: 'INVALID_INPUT', issues: [{ path: '/task_type', suggestion: 'tool.call' }] }
  ],
  [
    'a task type whose program is absent',
    'task_submit',
    { task_type: 'shell', payload },
    { error: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('worker_register') }
  ],
  [
    'a payload that is a list',
    'task_submit',
    { task_type: 'tool.call', payload: [1] },
    { error: 'INVALID_INPUT', issues: [{ path: '/payload' }] }
  ],
  [
    'a payload that is a text',
    'task_submit',
    { task_type: 'tool.call', payload: 'x' },
    { error: 'INVALID_INPUT', issues: [{ path: '/payload' }] }
  ],
  [
    'a reused task id with other content',
    'task_submit',
    { task_id: 'waits', task_type: 'tool.call', payload: { tool: 'ipfs_gc' } },
    { error: 'IDEMPOTENCY_CONFLICT', issues: [{ path: '/task_id' }], details: { task_id: 'waits' } }
  ],
  [
    'a reused idempotency key with other content',
    'task_submit',
    { idempotency_key: 'key-1', task_type: 'tool.call', payload: { tool: 'ipfs_gc' } },
    { error: 'IDEMPOTENCY_CONFLICT', issues: [{ path: '/idempotency_key' }], details: { task_id: 'keyed' } }
  ],
  [
    'a completion with the token of another attempt',
    'task_complete',
    { task_id: 'runs', lease_token: '0000000001-000000000001' },
    { error: 'STALE_LEASE', issues: [{ path: '/lease_token' }], details: { task_id: 'runs', status: 'running' } }
  ],
  [
    'a heartbeat with the token of another attempt',
    'task_heartbeat',
    { task_id: 'runs', lease_token: 'x' },
    { error: 'STALE_LEASE' }
  ],
  [
    'a release with the token of another attempt',
    'task_release',
    { task_id: 'runs', lease_token: 'x' },
    { error: 'STALE_LEASE' }
  ],
  ['a cursor that is none', 'task_list', { cursor: 'x' }, { error: 'INVALID_INPUT', issues: [{ path: '/cursor' }] }],
  [
    'clearing without a word',
    'queue_clear',
    {},
    { error: 'INVALID_INPUT', issues: [{ path: '/confirm', suggestion: 'true' }] }
  ],
  [
    'clearing with a no',
    'queue_clear',
    { confirm: false, status_filter: 'failed' },
    { error: 'INVALID_INPUT', issues: [{ path: '/confirm' }] }
  ],
  [
    'a result that is not there yet',
    'task_result',
    { task_id: 'runs' },
    { error: 'TASK_STATE', details: { status: 'running' } }
  ],
  ['a retry of what has not failed', 'task_retry', { task_id: 'waits' }, { error: 'TASK_STATE' }],
  ['a task that nobody has', 'task_status', { task_id: 'none' }, { error: 'NOT_FOUND' }],
  ['a wait for a task that nobody has', 'task_wait', { task_id: 'none', wait_s: 60 }, { error: 'NOT_FOUND' }],
  ['a worker that nobody has', 'worker_status', { worker_id: 'none' }, { error: 'NOT_FOUND' }],
  [
    'a failure without its error',
    'task_complete',
    { task_id: 'runs', lease_token: 'x', status: 'failed' },
    { error: 'INVALID_INPUT', issues: [{ path: '/error' }] }
  ],
  [
    'more tasks than a claim may take',
    'task_claim',
    { worker_id: 'w1', max_tasks: 129 },
    { error: 'INVALID_INPUT', issues: [{ path: '/max_tasks' }] }
  ],
  [
    'a lease of no time',
    'task_claim',
    { worker_id: 'w1', lease_seconds: 0 },
    { error: 'INVALID_INPUT', issues: [{ path: '/lease_seconds' }] }
  ],
  [
    'an unknown field of the retry policy',
    'task_submit',
    { task_type: 'tool.call', payload, retry_policy: { max_atempts: 2 } },
    { error: 'INVALID_INPUT', issues: [{ path: '/retry_policy/max_atempts', suggestion: 'max_attempts' }] }
  ],
  [
    'a time that is none',
    'task_submit',
    { task_type: 'tool.call', payload, not_before: 'tomorrow' },
    { error: 'INVALID_INPUT', issues: [{ path: '/not_before' }] }
  ]
]

describe('is refused, and nothing is changed', () => {
  test.each(refusals)('%s', async (_name, tool, args, expected) => {
    const before = withoutIds(await picture())
    const refused = await node.call(tool, args)
    expect(refused).toMatchObject({ ok: false, success: false, ...expected })
    expect(withoutIds(await picture())).toEqual(before)
  })

  test('a cursor of another list', async () => {
    const { next_cursor } = await node.call('task_list', { limit: 1 })
    const refused = await node.call('task_list', { limit: 1, status_filter: 'queued', cursor: next_cursor })
    expect(refused).toMatchObject({ error: 'INVALID_INPUT', issues: [{ path: '/cursor' }] })
    expect(await node.call('task_list', { limit: 1, cursor: next_cursor })).toMatchObject({ returned_count: 1 })
  })

  test('and the honest worker can still finish', async () => {
    expect(await node.call('task_complete', { task_id: 'runs', lease_token: token })).toMatchObject({
      status: 'completed'
    })
  })
})
