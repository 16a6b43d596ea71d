/** Values as people read them. */

const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** @param {number} value */
export const count = value => whole.format(value)

/** @param {number} value */
export const share = value => percent.format(value)

/** @param {number} bytes */
export function size(bytes) {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${short.format(bytes / 1024 ** power)} ${UNITS[power]}`
}

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1) return `${short.format(ms)} ms`
  if (ms < 1000) return `${short.format(Number(ms.toPrecision(3)))} ms`
  if (ms < 60_000) return `${short.format(ms / 1000)} s`
  if (ms < 3_600_000) return `${short.format(ms / 60_000)} min`
  return `${short.format(ms / 3_600_000)} h`
}

/** @param {string | null | undefined} iso */
export function ago(iso) {
  if (!iso) return 'never'
  const seconds = (Date.now() - Date.parse(iso)) / 1000
  if (seconds < 2) return 'just now'
  if (seconds < 60) return `${Math.round(seconds)} s ago`
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  return iso.slice(0, 10)
}

/**
 * A value of a cell or an extreme: numbers in their shortest form, text as it is, anything else as JSON.
 * @param {unknown} value
 */
export function cell(value) {
  if (value === null || value === undefined) return '∅'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : short.format(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/**
 * Cut in the middle, so that both ends can be compared.
 * @param {string} text
 */
export const middle = (text, keep = 9) =>
  text.length <= 2 * keep + 1 ? text : `${text.slice(0, keep)}…${text.slice(-keep)}`
