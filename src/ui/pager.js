/** Pages that follow one another by cursors; the way back is the cursors that were used. */
import { h } from './dom.js'
import { button } from './parts.js'

/** @param {() => void} show called when another page is wanted */
export function createPager(show) {
  /** @type {(string | undefined)[]} */
  const way = [undefined]

  function goBack() {
    way.pop()
    show()
  }

  return {
    /** Of the page to show now, as a part of a call's arguments. */
    get cursor() {
      const cursor = way.at(-1)
      return cursor === undefined ? {} : { cursor }
    },
    /** How many pages come before this one. */
    get depth() {
      return way.length - 1
    },
    restart() {
      way.length = 1
    },
    /**
     * @param {string} key
     * @param {string} what says which part is shown
     * @param {string | undefined} next
     */
    controls(key, what, next) {
      const back = button('Previous', `${key} previous`, goBack, { disabled: way.length === 1 })
      const goOn = () => {
        way.push(next)
        show()
      }
      const on = button('Next', `${key} next`, goOn, { disabled: next === undefined })
      return h('div', { class: 'pager', role: 'group', 'aria-label': `Pages of ${key}` }, [
        back,
        h('span', {}, what),
        on
      ])
    }
  }
}
