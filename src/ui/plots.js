/** Small plots, each with its text. */
import { h, svg } from './dom.js'
import { cell, count } from './format.js'

const HEIGHT = 44

/**
 * Bars over a line, one for each count.
 * @param {string} text what it shows, in words
 * @param {readonly number[]} counts
 * @param {(at: number) => string} [name] of one bar
 */
export function histogram(text, counts, name) {
  const most = Math.max(1, ...counts)
  const width = counts.length * 10
  const bars = counts.map((value, at) => {
    const tall = value === 0 ? 0 : Math.max(1.5, (value / most) * HEIGHT)
    const bar = { x: at * 10 + 1, y: HEIGHT - tall, width: 8, height: tall }
    return svg('rect', bar, svg('title', {}, `${name ? `${name(at)}: ` : ''}${count(value)}`))
  })
  const box = { viewBox: `0 0 ${width} ${HEIGHT + 1}`, preserveAspectRatio: 'none', class: 'plot', role: 'img' }
  return svg('svg', { ...box, 'aria-label': text }, [
    svg('line', { x1: 0, x2: width, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5 }),
    ...bars
  ])
}

/**
 * The most frequent values, each with a bar.
 * @param {string} text
 * @param {{ value: unknown, n: number }[]} values
 */
export function bars(text, values) {
  const most = Math.max(1, ...values.map(({ n }) => n))
  return h(
    'ol',
    { class: 'bars', 'aria-label': text },
    values.map(({ value, n }) =>
      h('li', {}, [
        h('span', { class: 'value', title: cell(value) }, cell(value)),
        svg('svg', { viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, [
          svg('rect', { width: Math.max(1, (n / most) * 100), height: 8 })
        ]),
        h('span', { class: 'n' }, count(n))
      ])
    )
  )
}
