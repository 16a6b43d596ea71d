/** Real figures of this process and its services, through the shipping dispatcher. */
import { expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'

test('figures are those of this process, and calls are counted as they end', async () => {
  await using node = await openNode()
  await node.call('tools_list_categories')
  await node.call('no_such_tool')
  const { metrics, host } = await node.call('get_performance_metrics', { include_history: false })
  expect(metrics).toMatchObject({ calls: 2, failed_calls: 1, cache_entries: null })
  const { process_memory_bytes: memory, disk_used_percent: disk } = Object(metrics)
  expect(memory).toBeGreaterThan(10 * 1024 * 1024)
  expect(disk).toBeGreaterThanOrEqual(0)
  expect(Object(host).processors).toBeGreaterThan(0)
  await node.call('cache_set', { key: 'a', value: 1 })
  expect(Object((await node.call('get_performance_metrics')).metrics)).toMatchObject({ cache_entries: 1 })
  const summed = await node.call('collect_metrics', {
    metrics: ['calls'],
    aggregation: 'latest',
    export_format: 'prometheus'
  })
  expect(summed).toMatchObject({ metrics: [{ metric: 'calls', value: 5 }] })
  expect(summed.prometheus).toContain(
    'mcp_server_operation_duration_seconds_count{gen_ai_tool_name="cache_set",runtime="general"} 1'
  )
})

test('states of services are true: idle until needed, then running, and why one is unavailable', async () => {
  await using node = await openNode()
  const states = async () => {
    const { services } = await node.call('monitor_services')
    return Object.fromEntries(Array.isArray(services) ? services.map(({ name, state }) => [name, state]) : [])
  }
  expect(await states()).toMatchObject({ cache: 'idle', system: 'running', peers: 'unavailable' })
  await node.call('cache_stats')
  expect(await states()).toMatchObject({ cache: 'running', datasets: 'idle' })
})

test('a deep check lets every service that can do something, and starts it for that', async () => {
  await using node = await openNode()
  const checked = await node.call('check_health', { check_depth: 'deep' })
  const services = Array.isArray(checked.services) ? checked.services : []
  expect(services.filter(({ works }) => works === false)).toEqual([])
  expect(services.filter(({ works }) => works === null).map(({ name }) => name)).toEqual(['peers'])
  expect(services.find(({ name }) => name === 'datasets')).toMatchObject({ state: 'running', works: true })
})

test('watching tells what changes between checks, and ends when it is cancelled', async () => {
  await using node = await openNode()
  const watching = node.call('monitor_services', { services: ['cache'], checks: 20, check_interval: 0.1 })
  await node.call('cache_stats')
  expect(await watching).toMatchObject({ changes: [{ name: 'cache', from: 'idle', to: 'running' }] })
  const cancel = new AbortController()
  const long = node.call('monitor_services', { checks: 20, check_interval: 300 }, cancel.signal)
  setTimeout(() => cancel.abort(), 100)
  expect(await long).toMatchObject({ success: false, error: 'CANCELLED' })
})

test('thresholds of alerts take effect at once and are settings like others', async () => {
  await using node = await openNode()
  await node.call('manage_alerts', { action: 'configure', threshold_config: { memory_percent: 1, event_loop_ms: 0 } })
  expect(await node.call('configure_system', { action: 'get', config_key: 'alerts.memory_percent' })).toMatchObject({
    settings: [{ value: 1, source: 'saved' }]
  })
  expect(await node.call('manage_alerts', { action: 'list' })).toMatchObject({
    thresholds: { host_memory_percent: 1, event_loop_delay_ms: 0 }
  })
})

test('a report has every metric, and the calls of the time', async () => {
  await using node = await openNode()
  await node.call('system_status')
  await node.call('tools_list_categories')
  const { report, calls } = await node.call('generate_monitoring_report', {
    report_type: 'detailed',
    time_period: '1h'
  })
  expect(calls).toBe(2)
  expect(report).toContain('| process_memory_bytes |')
  expect(report).toContain('- catalog: ')
})

test('the cache is watched over a time', async () => {
  await using node = await openNode()
  await node.call('system_status')
  await node.call('cache_set', { key: 'a', value: 'x'.repeat(1000) })
  for (const key of ['a', 'b', 'c']) await node.call('cache_get', { key })
  const watched = await node.call('monitor_cache', {
    alert_thresholds: { min_hit_percent: 50, max_full_percent: 0 },
    include_predictions: true
  })
  expect(watched).toMatchObject({
    entries: 1,
    window: { hits: 1, misses: 2 },
    alerts: [{}, {}].map(() => expect.any(String))
  })
})

test.each([
  ['collect_metrics', { time_window: 'yesterday' }, 'INVALID_INPUT'],
  ['collect_metrics', { metrics: ['luck'] }, 'INVALID_INPUT'],
  ['check_health', { services: ['datsets'] }, 'NOT_FOUND'],
  ['monitor_services', { check_interval: 0 }, 'INVALID_INPUT'],
  ['manage_alerts', { action: 'configure', threshold_config: { disk_percent: 101 } }, 'INVALID_INPUT'],
  ['manage_alerts', { action: 'configure' }, 'INVALID_INPUT'],
  ['manage_alerts', { action: 'acknowledge', alert_id: 'alert-1' }, 'NOT_FOUND'],
  ['monitor_cache', { alert_thresholds: { min_hit_percent: 200 } }, 'INVALID_INPUT']
])('%s %j is %s', async (tool, args, error) => {
  await using node = await openNode()
  expect(await node.call(tool, args)).toMatchObject({ success: false, error })
})
