import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { withProgress } from '../../src/cli/progress.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

const CLEAR = '\r\u001b[K'

function screen(columns: number | undefined, env: Terminal['env'] = { NO_COLOR: '1' }) {
  const stderr = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns })
  const stop = new AbortController()
  return { terminal: { stderr, env, stop: stop.signal }, stop, written: () => String(stderr.read() ?? '') }
}

/** The lines that stood there one after the other. */
const linesOf = (text: string) => text.split(CLEAR).filter(line => line !== '')

test('with a known end it is a bar, without one a counter, and nothing of it stays', async () => {
  const { terminal, written } = screen(40)
  const clock = createManualClock()
  const answer = await withProgress(
    terminal,
    async progress => {
      for (const [done, total] of [
        [0, 4],
        [2, 4],
        [4, 4],
        [12_345, undefined]
      ] as const) {
        progress?.(done, total, 'rows')
        clock.advance(100)
      }
      return 'done'
    },
    clock
  )
  const text = written()
  expect([answer, text.endsWith(CLEAR)]).toEqual(['done', true])
  const [none, half, all, counter] = linesOf(text)
  expect(none).toMatch(/^ {2}0 % ░+ rows$/)
  expect(half?.match(/█/g)?.length).toBe(half?.match(/░/g)?.length)
  expect(all).toMatch(/^100 % █+ rows$/)
  expect(counter).toBe('12,345 rows')
})

test('it changes ten times a second at most, however often a tool reports', async () => {
  const { terminal, written } = screen(80)
  const clock = createManualClock()
  await withProgress(
    terminal,
    async progress => {
      for (let i = 0; i < 3000; i++) {
        progress?.(i, 3000)
        clock.advance(1)
      }
    },
    clock
  )
  expect(linesOf(written())).toHaveLength(30)
})

test.each([1, 8, 20, 41, 200])('in %i columns it stays on one line, whatever a tool says', async columns => {
  const { terminal, written } = screen(columns)
  const clock = createManualClock()
  await withProgress(
    terminal,
    async progress => {
      progress?.(1, 2, 'a long message \n with lines \u001b[2J and more of it and more of it')
      clock.advance(100)
      progress?.(1, undefined, 'another long message \r that goes on and on and on')
    },
    clock
  )
  const lines = linesOf(written())
  expect(lines.filter(line => line.length >= columns || /\p{Cc}/u.test(line))).toEqual([])
})

test.each([
  ['a pipe', undefined, {}],
  ['a terminal that cannot go back on a line', 80, { TERM: 'dumb' }]
])('%s sees nothing of it', async (_, columns, env) => {
  const { terminal, written } = screen(columns, env)
  await withProgress(terminal, async progress => progress?.(1, 2))
  expect(written()).toBe('')
})

test('a work that fails or is stopped leaves no bar, and a report that comes late draws none', async () => {
  const { terminal, stop, written } = screen(80)
  let late = () => {}
  const failing = withProgress(terminal, async progress => {
    progress?.(1, 2)
    stop.abort('SIGINT')
    late = () => progress?.(2, 2)
    late()
    throw new Error('stopped')
  })
  await expect(failing).rejects.toThrow('stopped')
  late()
  const [bar, ...rest] = linesOf(written())
  expect(bar).toContain('50 %')
  expect(rest).toEqual(['Stopping; the same again ends it at once\n'])
})
