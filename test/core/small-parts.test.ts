import { describe, expect, test } from 'vitest'
import { AppError, ERROR_TABLE, toWireError } from '../../src/core/errors.ts'
import { createLog, type Log } from '../../src/core/log.ts'
import { createMetrics } from '../../src/core/metrics.ts'
import { nearest } from '../../src/core/nearest.ts'
import { createLifecycle } from '../../src/core/startable.ts'
import { metricsText } from '../helpers/metrics.ts'

describe('errors on the wire', () => {
  test('an unknown throw discloses nothing of itself', () => {
    const wire = toWireError(new Error('secret path and password'))
    expect(wire).toMatchObject({ error: 'INTERNAL', retryable: false })
    expect(JSON.stringify(wire)).not.toContain('secret')
  })

  test('a full disk has its own code', () => {
    expect(toWireError(Object.assign(new Error(), { code: 'ENOSPC' }))).toMatchObject({
      error: 'STORAGE_FULL',
      retryable: true
    })
  })

  test('issues and details are carried', () => {
    const error = new AppError('INVALID_INPUT', 'no', { issues: [{ path: '/a', message: 'bad' }], details: { max: 3 } })
    expect(toWireError(error)).toEqual({
      error: 'INVALID_INPUT',
      message: 'no',
      retryable: ERROR_TABLE.INVALID_INPUT.retryable,
      issues: [{ path: '/a', message: 'bad' }],
      details: { max: 3 }
    })
  })
})

describe('log', () => {
  test('each line is one JSON object with what was bound to it; what is below the level is not written', () => {
    const lines: string[] = []
    const log = createLog(
      'info',
      line => lines.push(line),
      () => 0
    ).with({ call_id: 'c' })
    log.debug('quiet')
    log.error('loud\nline', { error: new Error('why', { cause: 'because' }), big: 1n })
    expect(lines).toHaveLength(1)
    expect(lines[0]?.endsWith('\n')).toBe(true)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      level: 'error',
      message: 'loud\nline',
      call_id: 'c',
      error: { message: 'why', cause: 'because' },
      big: '1'
    })
  })
})

describe('metrics', () => {
  test('are Prometheus text with what was counted, under the names that a collector gives them', async () => {
    const metrics = createMetrics()
    const calls = { name: 'app.calls', unit: '{call}', help: 'Calls' }
    metrics.counter(calls, { 'app.tool': 'a"b\\c\nd' }).add()
    metrics.counter(calls, { 'app.tool': 'a"b\\c\nd' }).add(2)
    metrics.gauge({ name: 'app.open', unit: '1', help: 'Open' }, () => 7)
    metrics.gauge({ name: 'app.unknown', unit: 's', help: 'Nobody knows' }, () => undefined)
    const seconds = metrics.histogram({ name: 'app.time', unit: 's', help: 'Time' }, [1, 5])
    for (const value of [0.5, 1, 3, 9]) seconds.observe(value)
    expect((await metricsText(metrics)).split('\n')).toEqual([
      '# HELP app_calls_total Calls',
      '# TYPE app_calls_total counter',
      'app_calls_total{app_tool="a\\"b\\\\c\\nd"} 3',
      '# HELP app_open_ratio Open',
      '# TYPE app_open_ratio gauge',
      'app_open_ratio 7',
      '# HELP app_time_seconds Time',
      '# TYPE app_time_seconds histogram',
      'app_time_seconds_bucket{le="1"} 2',
      'app_time_seconds_bucket{le="5"} 3',
      'app_time_seconds_bucket{le="+Inf"} 4',
      'app_time_seconds_sum 13.5',
      'app_time_seconds_count 4',
      ''
    ])
  })
})

test('the nearest word is suggested only when it is near', () => {
  expect(nearest('sorce', ['source', 'format'])).toBe('source')
  expect(nearest('Load_Datset', ['load_dataset'])).toBe('load_dataset')
  expect(nearest('zzzzzzzz', ['source', 'format'])).toBeUndefined()
})

describe('lifecycle', () => {
  test('concurrent starts and stops happen once, and it can start again', async () => {
    const events: string[] = []
    const part = createLifecycle(
      async () => void events.push('open'),
      async () => void events.push('close')
    )
    await part.stop()
    await Promise.all([part.start(), part.start()])
    await Promise.all([part.stop(), part.stop()])
    await part.stop()
    await part.start()
    expect(events).toEqual(['open', 'close', 'open'])
  })

  test('a failed start can be tried again and leaves nothing to stop', async () => {
    let tries = 0
    let closed = 0
    const part = createLifecycle(
      async () => {
        if (++tries === 1) throw new Error('not yet')
      },
      async () => void closed++
    )
    await expect(part.start()).rejects.toThrow('not yet')
    await part.stop()
    expect(closed).toBe(0)
    await part.start()
    await part.stop()
    expect([tries, closed]).toEqual([2, 1])
  })

  test('a stop waits for the start in flight', async () => {
    const events: string[] = []
    let finish = () => {}
    const part = createLifecycle(
      () =>
        new Promise(resolve => {
          finish = () => {
            events.push('open')
            resolve()
          }
        }),
      async () => void events.push('close')
    )
    const started = part.start()
    const stopped = part.stop()
    finish()
    await Promise.all([started, stopped])
    expect(events).toEqual(['open', 'close'])
  })
})

describe('the log for people', () => {
  const textOf = (write: (log: Log) => void) => {
    const lines: string[] = []
    write(
      createLog(
        'info',
        line => lines.push(line),
        () => 0,
        'text'
      )
    )
    return lines.join('')
  }

  test('says when, how bad and what, then the fields, and where an error came from below', () => {
    const text = textOf(log => {
      log.with({ call_id: 'c' }).warn('it is slow', { ms: 7, name: 'two words', gone: undefined })
      log.error('it failed', { error: new Error('why', { cause: new Error('deeper') }) })
    })
    const [first, second, ...below] = text.split('\n')
    expect(first).toBe('1970-01-01T00:00:00.000Z WARN  it is slow call_id=c ms=7 name="two words"')
    expect(second).toBe('1970-01-01T00:00:00.000Z ERROR it failed')
    expect(below[0]).toBe('    Error: why')
    expect(below.some(line => line.startsWith('    caused by Error: deeper'))).toBe(true)
    expect(below.every(line => line === '' || line.startsWith('    '))).toBe(true)
  })

  test('shows what others wrote so that it neither begins a line nor moves the cursor', () => {
    const evil = 'a\n1970-01-01T00:00:00.000Z ERROR forged \u001b[2J\u202e'
    const text = textOf(log => log.info(evil, { evil, error: evil, nested: { evil } }))
    expect(text.trimEnd().split('\n')).toHaveLength(1)
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u)
  })
})
