/** The access token, and questions before something is changed. */
import { byId, h } from './dom.js'
import { CallError, call, token } from './mcp.js'

/** @typedef {'unknown' | 'none' | 'wanted' | 'given'} State none: the server has no token, and a page may only look */

/** @type {Record<State, { button: string, text: string }>} */
const WORDS = {
  unknown: { button: 'Read-only', text: 'The server did not answer yet.' },
  none: {
    button: 'Read-only',
    text: 'This server has no access token, so a page may look and change nothing. To act from here, start it with IPFS_DATASETS_MCP_TOKEN or server.token_file set.'
  },
  wanted: {
    button: 'Token…',
    text: 'This server wants its access token: the value of IPFS_DATASETS_MCP_TOKEN, or what is in server.token_file. It is kept for this tab and gone when you close it.'
  },
  given: {
    button: 'May act',
    text: 'The access token is here: this page may cancel and retry tasks, pause the queue and unpin.'
  }
}

/** @param {() => void} changed called when a token was given or forgotten */
export function createAccess(changed) {
  const dialog = byId('token', HTMLDialogElement)
  const input = byId('token-input', HTMLInputElement)
  const opener = byId('access', HTMLButtonElement)
  /** @type {State} */
  let state = 'unknown'

  /** @param {State} next */
  function set(next) {
    state = next
    opener.textContent = WORDS[state].button
    opener.dataset.state = state
  }

  /** Learns by a call whether the server has a token, and whether the one that is here is it. */
  async function find() {
    try {
      await call('tools_list_categories')
      if (token.get() === null) return set('none')
      // A server without a token takes any, and gives no more for it.
      const given = token.get() ?? ''
      token.forget()
      const hasNone = await call('tools_list_categories').then(
        () => true,
        () => false
      )
      if (!hasNone) token.set(given)
      set(hasNone ? 'none' : 'given')
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== 'UNAUTHENTICATED') return
      token.forget()
      set('wanted')
    }
  }

  function ask() {
    const { text } = WORDS[state]
    byId('token-text', HTMLElement).textContent = text
    byId('token-field', HTMLElement).hidden = state !== 'wanted'
    byId('token-use', HTMLButtonElement).hidden = state !== 'wanted'
    byId('token-forget', HTMLButtonElement).hidden = state !== 'given'
    if (!dialog.open) dialog.showModal()
  }

  async function close() {
    const { returnValue } = dialog
    const given = input.value.trim()
    input.value = ''
    dialog.returnValue = ''
    if (returnValue === 'forget') token.forget()
    else if (returnValue === 'use' && given !== '') token.set(given)
    else return
    await find()
    changed()
  }

  dialog.addEventListener('close', () => void close())
  // Enter in a form presses its first button, which would close it.
  input.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    dialog.close('use')
  })
  opener.addEventListener('click', ask)
  set('unknown')

  return {
    find,
    /** Opens the dialog; after a refusal the token that is here is none any more. */
    async ask() {
      if (state !== 'wanted') await find()
      ask()
    },
    canAct: () => state === 'given',
    button: () =>
      h('button', { type: 'button', class: 'primary', onclick: ask, 'data-key': 'token' }, 'Enter the access token')
  }
}

/** Ends the question that is open. @type {(isYes: boolean) => void} */
let settle = () => {}

byId('confirm', HTMLDialogElement).addEventListener('close', ({ currentTarget }) => {
  // Told late, it may be of a question that the next one has replaced already.
  if (currentTarget instanceof HTMLDialogElement && !currentTarget.open) settle(currentTarget.returnValue === 'yes')
})

/**
 * Asks, and answers whether it was said yes to.
 * @param {string} question
 * @param {string} text
 * @param {string} yes
 * @returns {Promise<boolean>}
 */
export function confirmed(question, text, yes) {
  settle(false)
  const dialog = byId('confirm', HTMLDialogElement)
  byId('confirm-title', HTMLElement).textContent = question
  byId('confirm-text', HTMLElement).textContent = text
  byId('confirm-yes', HTMLButtonElement).textContent = yes
  dialog.returnValue = 'no'
  if (!dialog.open) dialog.showModal()
  return new Promise(resolve => {
    settle = resolve
  })
}
