/** Elements made by hand: whatever a server sends becomes text or an attribute, never markup. */

const SVG = 'http://www.w3.org/2000/svg'

/**
 * @typedef {Node | string | number | null | undefined | false | Child[]} Child
 * @typedef {Record<string, string | number | boolean | undefined | ((event: Event) => void)>} Attributes
 */

/**
 * An HTML element. `onclick` and the like take functions; true is an attribute without a value; false and undefined are none.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  fill(element, attributes, children)
  return element
}

/**
 * An SVG element.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag)
  fill(element, attributes, children)
  return element
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 * @param {Child[]} children
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  add(element, children)
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(element, child)
    else if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child))
    }
  }
}

/**
 * An element of the page itself.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`The page has no ${type.name} #${id}`)
}

/**
 * Puts new content in place of the old and keeps the focus and the scrolled places of what is the same by its `data-key`.
 * @param {HTMLElement} place
 * @param {Child[]} children
 */
export function replace(place, children) {
  const focused = keyOf(document.activeElement)
  const scrolled = [...place.querySelectorAll('[data-key]')]
    .filter(element => element.scrollLeft > 0 || element.scrollTop > 0)
    .map(element => ({ key: keyOf(element), left: element.scrollLeft, top: element.scrollTop }))
  place.replaceChildren()
  add(place, children)
  for (const { key, left, top } of scrolled) findKey(place, key)?.scrollTo({ left, top })
  if (focused !== undefined && keyOf(document.activeElement) !== focused) {
    findKey(place, focused)?.focus({ preventScroll: true })
  }
}

/** @param {Element | null} element */
function keyOf(element) {
  return element instanceof HTMLElement ? element.dataset.key : undefined
}

/**
 * @param {HTMLElement} place
 * @param {string | undefined} key
 * @returns {HTMLElement | undefined}
 */
function findKey(place, key) {
  if (key === undefined) return undefined
  const found = place.querySelector(`[data-key="${CSS.escape(key)}"]`)
  return found instanceof HTMLElement ? found : undefined
}
