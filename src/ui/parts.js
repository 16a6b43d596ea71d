/** Pieces that views share. */
import { h } from './dom.js'
import { ago, middle } from './format.js'
import { CallError } from './mcp.js'

/** @typedef {import('./dom.js').Child} Child */

/**
 * A table in a region of its own, which scrolls by keyboard too.
 * @param {string} caption
 * @param {{ title: string, number?: boolean }[]} columns
 * @param {Child[][]} rows
 */
export function table(caption, columns, rows) {
  const head = columns.map(({ title, number }) =>
    h('th', { scope: 'col', class: number ? 'number' : undefined }, title)
  )
  const body = rows.map(row =>
    h(
      'tr',
      {},
      row.map((value, at) => h('td', { class: columns[at]?.number ? 'number' : undefined }, value))
    )
  )
  return h(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: 0, 'data-key': `table ${caption}` },
    h('table', {}, h('caption', { class: 'unseen' }, caption), h('thead', {}, h('tr', {}, head)), h('tbody', {}, body))
  )
}

/**
 * @param {string} title
 * @param {...Child} children
 */
export function section(title, ...children) {
  return h('section', { 'aria-label': title }, h('h2', {}, title), children)
}

/**
 * One figure with its name.
 * @param {string} name
 * @param {Child} value
 * @param {Child} [more]
 */
export function figure(name, value, more) {
  return h(
    'div',
    { class: 'figure' },
    h('dt', {}, name),
    h('dd', {}, h('strong', {}, value), more && h('small', {}, more))
  )
}

/** @param {...Child} children */
export const figures = (...children) => h('dl', { class: 'figures' }, children)

/**
 * What stands where there is nothing yet, and what to do next.
 * @param {string} text
 * @param {string} [command]
 */
export function empty(text, command) {
  return h('div', { class: 'empty' }, h('p', {}, text), command && h('pre', {}, h('code', {}, command)))
}

/** @param {unknown} error */
export function failure(error) {
  const code = error instanceof CallError ? error.code : 'INTERNAL'
  const message = error instanceof Error ? error.message : String(error)
  const isAbsent = code === 'SERVICE_UNAVAILABLE'
  return h('div', { class: isAbsent ? 'empty' : 'failure', role: isAbsent ? undefined : 'alert' }, [
    !isAbsent && h('strong', {}, code),
    h('p', {}, message)
  ])
}

/** @param {string | null | undefined} iso */
export const when = iso => h('time', { datetime: iso ?? undefined, title: iso ?? undefined }, ago(iso))

/**
 * A content address, short, with all of it to copy.
 * @param {string} text
 */
export function cid(text) {
  const copy = async (/** @type {Event} */ { currentTarget }) => {
    await navigator.clipboard.writeText(text).catch(() => getSelection()?.selectAllChildren(code))
    if (currentTarget instanceof HTMLElement) currentTarget.textContent = 'Copied'
  }
  const code = h('code', { title: text }, middle(text))
  return h('span', { class: 'cid' }, [
    code,
    h(
      'button',
      { type: 'button', class: 'plain', onclick: copy, 'aria-label': `Copy ${text}`, 'data-key': `copy ${text}` },
      'Copy'
    )
  ])
}

/**
 * @param {string} state
 * @param {string} [kind] `good`, `bad` or `busy`
 */
export const badge = (state, kind = '') => h('span', { class: `badge ${kind}` }, state)

/**
 * @param {string} text
 * @param {string} key that names this button among all of the view
 * @param {() => unknown} act
 * @param {{ disabled?: boolean, class?: string, label?: string }} [more]
 */
export function button(text, key, act, { label, ...more } = {}) {
  return h('button', { type: 'button', 'data-key': key, 'aria-label': label, ...more, onclick: () => void act() }, text)
}
