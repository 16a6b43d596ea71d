/** Calls as a collector sees them: over each transport one trace, from the caller to what was done for it. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join as at } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { openReceiver, type ReceivedSpan, type Receiver } from '../helpers/otlp-receiver.ts'
import { join, startPeerNode } from '../helpers/peer-node.ts'
import { connectStdio, createWorkspace, startHttp } from '../helpers/processes.ts'
import { makeTar } from '../helpers/tar.ts'
import { open } from '../services/telemetry/open-telemetry.ts'
import { MODERN_META } from '../transports/counterpart.ts'

const SERVER = 2
const CLIENT = 3
const CONSUMER = 5
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const traceparent = `00-${TRACE}-${PARENT}-01`
const SECRET = 'do-not-tell'
const ADD = { name: 'ipfs_add', arguments: { content: SECRET } }

const environment = ({ endpoint }: Receiver) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_SERVICE_NAME: 'east',
  OTEL_METRIC_EXPORT_INTERVAL: '1000'
})

/** The call and what was done for it, of the trace of the test. */
function expectCall(receiver: Receiver, transport: string): void {
  const found = receiver.spans.filter(({ traceId }) => traceId === TRACE)
  const call = found.find(({ name }) => name === 'tools/call ipfs_add')
  expect(call).toMatchObject({
    kind: SERVER,
    parentSpanId: PARENT,
    attributes: {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'ipfs_add',
      'gen_ai.operation.name': 'execute_tool',
      'network.transport': transport
    },
    status: {},
    resource: { 'service.name': 'east' }
  })
  expect(found.find(({ name }) => name === 'blocks.addFile')).toMatchObject({ parentSpanId: call?.spanId, kind: 1 })
}

describe('a call', () => {
  test('over stdio stands in the trace that its `_meta` names, and the end of the server sends it', async () => {
    await using receiver = await openReceiver()
    await using workspace = await createWorkspace()
    const connection = await connectStdio(workspace, 'modern', [], environment(receiver))
    await connection.client.callTool({ ...ADD, _meta: { traceparent } })
    await connection.client.callTool({ name: 'ipfs_cat', arguments: { cid: 'nonsense' } })
    await connection.close()
    await receiver.waitFor('blocks.addFile')
    expectCall(receiver, 'pipe')
    const [failed] = await receiver.waitFor('tools/call ipfs_cat')
    expect(failed).toMatchObject({ status: { code: 2 }, attributes: { 'error.type': 'INVALID_CID' } })
    expect(failed?.traceId).not.toBe(TRACE)
    const sent = JSON.stringify(receiver.requests)
    expect(sent).not.toContain(SECRET)
    expect(sent).not.toContain(workspace.cwd)
  })

  test('whose service answers item by item is served as without a collector', async () => {
    await using receiver = await openReceiver()
    await using workspace = await createWorkspace()
    await writeFile(at(workspace.cwd, 'a.tar'), makeTar([{ name: 'inside.txt', content: 'words' }]))
    await using connection = await connectStdio(workspace, 'modern', [], environment(receiver))
    const unpacked = await connection.call('extract_archive_contents', { archive_path: 'a.tar' })
    expect(unpacked).toMatchObject({ success: true, entries: [{ path: 'inside.txt' }] })
  })

  test('over HTTP stands in the trace of the header, unless its message names another; its metrics follow', async () => {
    await using receiver = await openReceiver()
    await using workspace = await createWorkspace()
    await using server = await startHttp(workspace, [], environment(receiver))
    const post = async (meta: object, header: string) => {
      const params = { ...ADD, _meta: { ...MODERN_META, ...meta } }
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'ipfs_add',
        traceparent: header
      }
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
      expect(await (await fetch(server.url, { method: 'POST', headers, body })).text()).toContain('"success":true')
    }
    const other = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    await post({}, traceparent)
    await post({ traceparent: other }, traceparent)
    const calls = await receiver.waitFor('tools/call ipfs_add', 2)
    expectCall(receiver, 'tcp')
    expect(calls.map(({ traceId }) => traceId)).toContain('a'.repeat(32))
    while (!receiver.metrics.has('mcp.server.operation.duration')) await new Promise(resolve => setTimeout(resolve, 50))
    expect(receiver.metrics.get('mcp.server.operation.duration')?.points).toMatchObject([
      { attributes: { 'gen_ai.tool.name': 'ipfs_add', runtime: 'general' } }
    ])
    expect(receiver.metrics.get('process.memory.usage')?.points).toMatchObject([{ attributes: {} }])
  })

  test('that a peer answers is one trace over both nodes', async () => {
    await using receiver = await openReceiver()
    const [ofAlice, ofBob] = ['alice', 'bob'].map(name =>
      open(receiver.endpoint, { resource: { 'service.name': name } })
    )
    await using alice = await startPeerNode({}, false, ofAlice?.tracer)
    await using bob = await startPeerNode({}, false, ofBob?.tracer)
    await join(alice, bob, ['p2p_cache_get'])
    receiver.spans.length = 0
    const args = { key: SECRET, remote_peer_id: alice.peerId }
    await bob.call('p2p_remote_cache_get', args, { trace: { traceparent } })
    const list = { target_peer_id: alice.peerId, tag_filter: [SECRET] }
    expect(await bob.call('task_list', list, { trace: { traceparent } })).toMatchObject({ success: true })
    const [there] = await receiver.waitFor('tools/call p2p_cache_get')
    await receiver.waitFor('cache.get')
    await receiver.waitFor('tools/call p2p_remote_cache_get')
    await receiver.waitFor('tools/call task_list', 2)
    await receiver.waitFor('queue.list')
    const found = receiver.spans.filter(({ traceId }) => traceId === TRACE)
    const chain = pathOf(found, 'cache.get')
    expect(chain.map(({ name, kind, resource }) => [name, kind, resource['service.name']])).toEqual([
      ['cache.get', 1, 'alice'],
      ['tools/call p2p_cache_get', SERVER, 'alice'],
      ['peers.queueRpc', CLIENT, 'bob'],
      ['tools/call p2p_remote_cache_get', SERVER, 'bob']
    ])
    expect(chain.at(-1)?.parentSpanId).toBe(PARENT)
    expect(pathOf(found, 'queue.list').map(({ name }) => name)).toEqual([
      'queue.list',
      'tools/call task_list',
      'peers.callTool',
      'tools/call task_list'
    ])
    expect(there?.attributes).toMatchObject({ 'network.transport': 'tcp' })
    expect(JSON.stringify(receiver.requests)).not.toContain(SECRET)
    await Promise.all([ofAlice?.stop(), ofBob?.stop()])
  })

  test('that another process runs, which owns the data directory, is one trace over both', async () => {
    await using receiver = await openReceiver()
    await using workspace = await createWorkspace()
    const owner = await connectStdio(workspace, 'modern', [], environment(receiver))
    await owner.call('list_datasets')
    const relay = await connectStdio(workspace, 'modern', [], environment(receiver))
    await relay.client.callTool({ ...ADD, _meta: { traceparent } })
    await relay.close()
    await owner.close()
    await receiver.waitFor('tools/call ipfs_add', 2)
    const spans = receiver.spans.filter(({ traceId }) => traceId === TRACE)
    const chain = pathOf(spans, 'blocks.addFile')
    expect(chain.map(({ kind, attributes }) => [kind, attributes['network.transport']])).toEqual([
      [1, undefined],
      [SERVER, 'unix'],
      [CLIENT, 'pipe']
    ])
    expect(chain.at(-1)?.parentSpanId).toBe(PARENT)
  })

  test('is followed through a node that has no telemetry of its own', async () => {
    await using receiver = await openReceiver()
    const telemetry = open(receiver.endpoint)
    await using alice = await startPeerNode({}, false, telemetry.tracer)
    await using bob = await startPeerNode()
    await join(alice, bob)
    await bob.call('task_list', { target_peer_id: alice.peerId }, { trace: { traceparent } })
    expect(await receiver.waitFor('tools/call task_list')).toMatchObject([{ traceId: TRACE, parentSpanId: PARENT }])
    await telemetry.stop()
  })

  test('that was queued is linked to the call that submitted it, and is no part of its trace', async () => {
    await using receiver = await openReceiver()
    const telemetry = open(receiver.endpoint)
    await using alice = await startPeerNode({}, true, telemetry.tracer)
    const task = { task_type: 'tool.call', payload: { tool: 'task_list', args: {} } }
    await alice.call('task_submit', task, { trace: { traceparent } })
    const [run] = await receiver.waitFor('tools/call task_list')
    const [submitted] = await receiver.waitFor('queue.submit')
    expect(submitted).toMatchObject({ traceId: TRACE })
    expect(run).toMatchObject({ kind: CONSUMER, links: [{ traceId: TRACE, spanId: submitted?.spanId }] })
    expect(run?.traceId).not.toBe(TRACE)
    expect(run?.parentSpanId).toBeUndefined()
    // The worker that came with the queue claims for nobody, so its claims are in no trace.
    expect(receiver.spans.filter(({ name }) => name === 'queue.claim')).toEqual([])
    await telemetry.stop()
  })
})

test('nothing of telemetry is loaded unless a collector is configured', async () => {
  await using receiver = await openReceiver()
  await using workspace = await createWorkspace()
  const script = new URL('../helpers/loaded-modules.ts', import.meta.url).pathname
  const loaded = async (env: Record<string, string>) => {
    const args = [script, 'call', 'ipfs_add', `content=${SECRET}`, '--data-dir', workspace.dataDir]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: workspace.cwd, env })
    const urls: string[] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect(urls.some(url => url.endsWith('/runtime/dispatcher.ts'))).toBe(true)
    return urls.filter(url => /\/services\/telemetry\/|\/telemetry\/otlp/.test(url))
  }
  expect(await loaded({})).toEqual([])
  expect(await loaded({ ...environment(receiver), OTEL_SDK_DISABLED: 'true' })).toEqual([])
  expect((await loaded(environment(receiver))).length).toBeGreaterThan(5)
  expect(receiver.spans.map(({ name }) => name)).toContain('tools/call ipfs_add')
})

/** A span, the one above it, and so on. */
function pathOf(spans: readonly ReceivedSpan[], name: string): ReceivedSpan[] {
  const path: ReceivedSpan[] = []
  for (
    let span = spans.find(one => one.name === name);
    span;
    span = spans.find(({ spanId }) => spanId === path.at(-1)?.parentSpanId)
  )
    path.push(span)
  return path
}
