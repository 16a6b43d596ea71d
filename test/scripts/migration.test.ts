import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { buildGuide } from '../../scripts/migration.ts'
import { namesOf, OLD_CATEGORIES } from '../../src/compat/old-names.ts'
import { OLD_ROUTES } from '../../src/compat/old-routes.ts'
import { PYTHON_KEYS, PYTHON_VARIABLES } from '../../src/config/python.ts'
import type { Manifest } from '../../src/core/catalog.ts'
import { ROUTES } from '../../src/transports/rest/routes.ts'

const root = new URL('../../', import.meta.url)
const manifest: Manifest = JSON.parse(await readFile(new URL('src/manifest.json', root), 'utf8'))
const guide = buildGuide(manifest)
const rows = (text: string) => [...text.matchAll(/^\| (.*?) \| (\w+) \| .+ \|$/gm)]

/** The part of the guide about one category. */
function sectionOf(id: string, text = guide): string {
  return new RegExp(`^### ${id || 'Outside of any category'}\n(.*?)(?=^### |$(?![^]))`, 'ms').exec(text)?.[1] ?? ''
}

test('every old name stands in its category once: as a tool here, or with what to use', () => {
  for (const category of OLD_CATEGORIES) {
    const section = sectionOf(category.id)
    const listed = [...(/^Tools here: (.*)$/m.exec(section)?.[1] ?? '').matchAll(/\[(\w+)\]/g)].map(([, name]) => name)
    const gone = rows(section)
      .filter(([, , word]) => word !== 'changed')
      .flatMap(([, names = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name))
    expect([...listed, ...gone].sort(), category.id).toEqual(
      namesOf(category)
        .map(({ name }) => name)
        .sort()
    )
  }
})

test('a name that becomes a tool is listed as one without a change of the table', () => {
  const [first] = manifest.categories[1]?.tools ?? []
  if (!first) throw new Error('no tool')
  const grown: Manifest = {
    categories: [
      ...manifest.categories,
      {
        id: 'security_tools',
        title: 'Rights',
        summary: 'Rights',
        tools: [{ ...first, name: 'check_access_permission', category: 'security_tools' }]
      }
    ]
  }
  expect(sectionOf('security_tools')).toContain('| `check_access_permission` | absent |')
  expect(sectionOf('security_tools', buildGuide(grown)).trim()).toBe(
    'Tools here: [check_access_permission](../reference/check_access_permission.md).'
  )
})

test('it has every route, every old path, and every variable and key that is read', () => {
  for (const { method, path } of ROUTES) expect(guide).toContain(`| \`${method} ${path}\` |`)
  for (const { path } of OLD_ROUTES) expect(guide).toContain(`| \`${path}\` |`)
  for (const name of [...Object.keys(PYTHON_VARIABLES), ...Object.keys(PYTHON_KEYS)])
    expect(guide).toContain(`| \`${name}\` |`)
})

test('its links lead to files that are there', async () => {
  const pages = new Set(await readdir(new URL('docs/reference/', root)))
  const guides = new Set(await readdir(new URL('docs/guides/', root)))
  const links = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
  expect(links.length).toBeGreaterThan(200)
  for (const link of new Set(links)) {
    const isThere = link.startsWith('../reference/')
      ? pages.has(link.slice(13))
      : guides.has(link) || link === '../errors.md'
    expect(isThere, link).toBe(true)
  }
})
