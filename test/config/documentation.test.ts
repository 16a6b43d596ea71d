import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { OTEL_VARIABLES } from '../../src/config/otel.ts'
import { PYTHON_KEYS, PYTHON_VARIABLES } from '../../src/config/python.ts'
import { isKey, KEYS, settingOf } from '../../src/config/settings.ts'

const page = readFileSync(new URL('../../docs/guides/configuration.md', import.meta.url), 'utf8')
const rows = new Map(
  [...page.matchAll(/^\| `([a-z0-9_.]+)` \|(.*)\|$/gm)].map(([, key = '', rest = '']) => [
    key,
    rest.split('|').map(cell => cell.trim())
  ])
)

test('the guide has a row for every setting and for nothing else', () => {
  expect([...rows.keys()]).toEqual(KEYS)
})

test.each(KEYS.filter(isKey))('the guide tells the default and the flag of %s', key => {
  const { fallback, flag } = settingOf(key)
  const [shown, flags = ''] = rows.get(key) ?? []
  const text = Array.isArray(fallback) ? `[${fallback.join(', ')}]` : String(fallback)
  expect(shown).toBe(fallback === undefined ? '' : `\`${text}\``)
  expect(flags.split(', ')[0]).toBe(flag ? `\`--${flag}\`` : '')
})

test('the guide names every variable of others and every old key in the row of what it means now', () => {
  for (const [name, { key }] of Object.entries({ ...PYTHON_KEYS, ...PYTHON_VARIABLES, ...OTEL_VARIABLES })) {
    expect(rows.get(key)?.at(-1), name).toContain(name === key ? 'same key' : `\`${name}\``)
  }
})
