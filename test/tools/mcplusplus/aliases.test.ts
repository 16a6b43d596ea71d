/** Other names of the tools, as clients of Python nodes call them: the same tools, by the parameters and results known there. */
import { expect, test } from 'vitest'
import { openNode, submit } from '../../helpers/open-node.ts'

test('a client of the Python nodes submits, claims, completes and reads a task in its own words', async () => {
  await using node = await openNode()
  const work = { task_type: 'tool.call', model_name: 'mcp.tool', payload: { tool: 'list_datasets' } }
  const { task_id } = await node.call('p2p_taskqueue_submit', work)
  expect(await node.call('p2p_taskqueue_list_tasks', { status: 'queued' })).toMatchObject({ tasks: [{ task_id }] })

  const claimed = await node.call('p2p_taskqueue_claim_next', { worker_id: 'w1', supported_task_types: ['tool'] })
  expect(claimed).toMatchObject({ ok: true, task: { task_id, ...work, assigned_worker: 'w1' } })
  expect(await node.call('p2p_taskqueue_claim_next', { worker_id: 'w1' })).toMatchObject({ ok: true, task: null })

  const { lease_token } = Object(claimed.task)
  const waiting = node.call('p2p_taskqueue_wait_task', { task_id, timeout_s: 300 })
  await node.call('p2p_taskqueue_complete_task', {
    task_id,
    lease_token,
    status: 'completed',
    result: { n: 1 },
    error: ''
  })
  expect(await waiting).toMatchObject({ task: { status: 'completed', result: { n: 1 } } })
  expect(await node.call('p2p_taskqueue_get_task', { task_id })).toMatchObject({
    ok: true,
    task: { status: 'completed', payload: work.payload, result: { n: 1 }, assigned_worker: 'w1' }
  })
})

test('a failure may be told as a text', async () => {
  await using node = await openNode()
  await submit(node, 'a', { retry_policy: { max_attempts: 1 } })
  const { task } = await node.call('p2p_taskqueue_claim_next', { worker_id: 'w1' })
  const { lease_token } = Object(task)
  await node.call('p2p_taskqueue_complete_task', {
    task_id: 'a',
    lease_token,
    status: 'failed',
    error: 'out of memory'
  })
  expect(await node.call('task_result', { task_id: 'a' })).toMatchObject({
    error: { code: 'TASK_FAILED', message: 'out of memory' }
  })
})

test('aliases are listed on request only, and their schema says what they are called here', async () => {
  await using node = await openNode()
  const plain = await node.call('tools_list_tools', { category: 'mcplusplus' })
  expect(JSON.stringify(plain)).not.toContain('p2p_taskqueue_claim_next')
  const asked = await node.call('tools_list_tools', { category: 'mcplusplus', include_aliases: true })
  const claim = Object(asked.tools).find(({ name }: { name: string }) => name === 'task_claim')
  expect(claim.aliases).toEqual(['p2p_taskqueue_claim_next'])
  const { schema } = await node.call('tools_get_schema', { category: 'mcplusplus', tool: 'task_claim' })
  expect(schema).not.toHaveProperty('alias')
})
