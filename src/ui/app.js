/** The page: which view is open, when it is read anew, and what needs the access token. */

import { confirmed, createAccess } from './dialogs.js'
import { byId, h, replace } from './dom.js'
import { ago } from './format.js'
import { CallError, call } from './mcp.js'
import { failure } from './parts.js'
import { calls } from './views/calls.js'
import { dataset } from './views/dataset.js'
import { datasets } from './views/datasets.js'
import { overview } from './views/overview.js'
import { peers } from './views/peers.js'
import { pins } from './views/pins.js'
import { queue } from './views/queue.js'

/**
 * @typedef {{ tool: string, args: object, question?: string, text?: string, yes?: string }} Action with a question, it is asked first
 * @typedef {(action: Action) => Promise<void>} Act
 * @typedef {object} Context what a view may use
 * @property {string[]} params what follows its name in the address
 * @property {AbortSignal} signal aborted when another view opens
 * @property {() => void} refresh reads and shows it anew
 * @property {() => boolean} canAct whether the access token is here
 * @property {Act} act
 * @typedef {object} View
 * @property {number} [everyMs] how often it is read anew while somebody looks; never without it
 * @property {(signal: AbortSignal) => Promise<any>} load
 * @property {(data: any) => import('./dom.js').Child[]} render
 * @typedef {(context: Context) => View} CreateView
 */

/** @type {{ path: string, title: string, create: CreateView }[]} */
const VIEWS = [
  { path: '', title: 'Overview', create: overview },
  { path: 'calls', title: 'Calls', create: calls },
  { path: 'datasets', title: 'Datasets', create: datasets },
  { path: 'pins', title: 'Pins', create: pins },
  { path: 'queue', title: 'Queue', create: queue },
  { path: 'peers', title: 'Peers', create: peers }
]
/** After a failure, however often a view would ask otherwise. */
const RETRY_MS = 5000
/** How long a word on what happened stays. */
const SEEN_MS = 8000

const main = byId('main', HTMLElement)
const views = byId('views', HTMLElement)
const live = byId('live', HTMLButtonElement)
const updated = byId('updated', HTMLElement)
const status = byId('status', HTMLElement)

let isLive = true
/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence
/** @type {(() => void) | undefined} */
let look
const access = createAccess(() => open(false))

/**
 * Says it to those who hear the page; it is seen for a moment too.
 * @param {string} text
 */
function say(text) {
  clearTimeout(silence)
  status.textContent = text
  silence = setTimeout(() => status.replaceChildren(), SEEN_MS)
}

function readAddress() {
  const [path = '', ...params] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent)
  const known = VIEWS.find(view => view.path === path) ?? VIEWS[0]
  if (!known) throw new Error('There are no views')
  if (path === 'datasets' && params.length > 0) return { path, title: params[0] ?? '', create: dataset, params }
  return { ...known, params }
}

/** @type {AbortController | undefined} */
let opened

/** @param {boolean} byPerson whether somebody went there, who is then taken to its beginning */
function open(byPerson) {
  opened?.abort()
  const leaving = new AbortController()
  opened = leaving
  const { signal } = leaving
  const { path, title, create, params } = readAddress()
  document.title = `${title} · IPFS datasets`
  views.replaceChildren(
    ...VIEWS.map(view =>
      h('a', { href: `#/${view.path}`, 'aria-current': view.path === path ? 'page' : undefined }, view.title)
    )
  )

  const body = h('div', { class: 'body' }, h('p', { class: 'quiet' }, 'Reading…'))
  const heading = h('h1', { tabindex: -1 }, title)
  main.replaceChildren(heading, body)
  if (byPerson) heading.focus()

  const context = { params, signal, refresh: () => void read(true), canAct: () => access.canAct(), act }
  const view = create(context)
  let shown = ''
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let turn = 0

  /** @param {boolean} isAsked */
  async function read(isAsked) {
    const mine = ++turn
    clearTimeout(timer)
    let next = view.everyMs
    try {
      const data = await view.load(signal)
      if (signal.aborted || mine !== turn) return
      show(data, isAsked)
    } catch (error) {
      if (signal.aborted || mine !== turn) return
      const told = error instanceof CallError ? `${error.code} ${error.message}` : String(error)
      if (shown !== told) replace(body, [failure(error), isUnauthenticated(error) && access.button()])
      shown = told
      updated.textContent = 'Not up to date'
      if (isUnauthenticated(error)) return access.ask()
      next = RETRY_MS
    }
    if (next !== undefined) timer = setTimeout(() => void (canLook() && read(false)), next)
  }

  /**
   * @param {any} data
   * @param {boolean} isAsked
   */
  function show(data, isAsked) {
    const text = JSON.stringify(data)
    // What somebody is selecting must not vanish under the pointer.
    if (isAsked || (text !== shown && getSelection()?.type !== 'Range')) {
      replace(body, view.render(data))
      shown = text
    }
    for (const time of body.querySelectorAll('time[datetime]')) time.textContent = ago(time.getAttribute('datetime'))
    updated.textContent = `Read at ${new Date().toLocaleTimeString('en-GB')}`
  }

  /** @type {Act} */
  async function act({ tool, args, question, text, yes }) {
    if (question !== undefined && !(await confirmed(question, text ?? '', yes ?? 'Yes'))) return
    try {
      await call(tool, args)
      say(`${tool}: done`)
    } catch (error) {
      if (isUnauthenticated(error)) return access.ask()
      say(error instanceof CallError ? `${tool}: ${error.code}. ${error.message}` : String(error))
    }
    await read(true)
  }

  look = () => void read(false)
  void read(true)
}

/** @param {unknown} error */
const isUnauthenticated = error => error instanceof CallError && error.code === 'UNAUTHENTICATED'

const canLook = () => isLive && document.visibilityState === 'visible'

live.addEventListener('click', () => {
  isLive = !isLive
  live.setAttribute('aria-pressed', String(isLive))
  say(isLive ? 'Reads anew by itself' : 'Stands still until you turn it on again')
  if (isLive) look?.()
})
document.addEventListener('visibilitychange', () => {
  if (canLook()) look?.()
})
addEventListener('hashchange', () => open(true))

await access.find()
open(false)
