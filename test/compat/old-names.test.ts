import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { explainUnknown } from '../../src/compat/explain.ts'
import { findOldName, namesOf, OLD_CATEGORIES, words } from '../../src/compat/old-names.ts'
import { findOldRoute, OLD_ROUTES } from '../../src/compat/old-routes.ts'
import { createCatalog, type Manifest, type UnknownNameError } from '../../src/core/catalog.ts'
import type { AppError } from '../../src/core/errors.ts'

const file = new URL('../../src/manifest.json', import.meta.url)
const manifest: Manifest = JSON.parse(await readFile(file, 'utf8'))
const catalog = createCatalog(manifest, {}, () => undefined)
const all = OLD_CATEGORIES.flatMap(namesOf)

/** Words with an underscore that advice may use and that are no tools. */
const NO_TOOLS = new Set([
  'list_cosine_similarity',
  'list_distance',
  'quantile_cont',
  'regexp_matches',
  'regexp_extract_all',
  'workflow_id',
  'task_id',
  'not_before',
  'snapshot_id',
  'max_concurrent',
  'messages_per_second'
])

/** What the catalogue answers to a name, as the dispatcher passes it on. */
function ask(name: string, category?: string): AppError | undefined {
  try {
    catalog.resolve(name, category)
    return undefined
  } catch (error) {
    return explainUnknown(error as UnknownNameError, catalog)
  }
}

describe('the table of old names', () => {
  test('holds every name once in its category', () => {
    const qualified = all.map(({ category, name }) => `${category}.${name}`)
    expect(new Set(qualified).size).toBe(qualified.length)
    expect(qualified.length).toBe(825)
    expect(new Set(OLD_CATEGORIES.map(({ id }) => id)).size).toBe(OLD_CATEGORIES.length)
  })

  test('names as kept only what is a tool here', () => {
    expect(all.filter(({ group, name }) => !group && !catalog.has(name))).toEqual([])
  })

  test('says what has changed of kept names only', () => {
    for (const { kept, changed = {} } of OLD_CATEGORIES) {
      expect(words(kept)).toEqual(expect.arrayContaining(Object.keys(changed)))
    }
  })

  test('sends nobody to a tool that is not there', () => {
    const groups = OLD_CATEGORIES.flatMap(({ groups }) => groups)
    const mentioned = groups.flatMap(({ use, advice }) => [
      ...words(use),
      ...(advice.match(/\b[a-z0-9]+(_[a-z0-9]+)+\b/g) ?? []).filter(word => !NO_TOOLS.has(word))
    ])
    expect(mentioned.length).toBeGreaterThan(groups.length)
    expect(mentioned.filter(name => !catalog.has(name))).toEqual([])
  })

  test('a group that is replaced says by what, and each says it in a sentence', () => {
    for (const { reason, use, advice } of OLD_CATEGORIES.flatMap(({ groups }) => groups)) {
      if (reason === 'replaced') expect(words(use)).not.toEqual([])
      expect(advice).toMatch(/^[A-Za-z].*[^ ]\.$/)
    }
  })
})

describe('an unknown tool', () => {
  test('every old name that is no tool is answered with what to use, by itself and under its category', () => {
    for (const { category, name } of all) {
      for (const asked of category === '' ? [name] : [name, `${category}.${name}`, `${category}/${name}`]) {
        const failure = ask(asked)
        if (!failure) continue
        expect(failure.details, asked).toMatchObject({
          use: expect.any(Array),
          reason: expect.stringMatching(/^(moved|replaced|absent|dropped)$/)
        })
        expect(failure.message, asked).toMatch(/^There is no tool ".*" here\. ./)
      }
    }
  })

  test('a tool is never explained away: no name that the registry has is answered as missing', () => {
    for (const { name } of all.filter(({ name }) => catalog.has(name))) expect(ask(name)).toBeUndefined()
  })

  test.each([
    ['search_vector_index', undefined, 'replaced', ['query_dataset']],
    ['vector_tools.search_vector_index', undefined, 'replaced', ['query_dataset']],
    ['search_vector_index', 'vector_tools', 'replaced', ['query_dataset']],
    ['search_vector_index', 'cache_tools', 'replaced', ['query_dataset']],
    ['load_dataset', 'vector_tools', 'moved', ['load_dataset']],
    ['dataset_tools/load_dataset', undefined, 'moved', ['load_dataset']],
    ['embedding_tools.chunk_text', undefined, 'moved', ['chunk_text']],
    ['authenticate_user', undefined, 'absent', []],
    ['execute_python_snippet', undefined, 'dropped', ['query_dataset', 'process_dataset']]
  ])('%s of category %s is %s', (name, category, reason, use) => {
    const failure = ask(name, category)
    expect(failure).toMatchObject({ code: 'TOOL_NOT_FOUND', details: { reason, use } })
    expect(failure?.details).not.toHaveProperty('nearest')
  })

  test('a name of no server keeps the nearest name, and none of the table', () => {
    const failure = ask('load_datasett')
    expect(failure?.details).toEqual({ nearest: 'load_dataset' })
  })

  test('what a caller sends is said back shortened', () => {
    expect(ask('x'.repeat(5000))?.message.length).toBeLessThan(200)
    expect(ask('y', 'z'.repeat(5000))?.message.length).toBeLessThan(200)
  })

  test.each(['constructor', '__proto__', 'toString', ''])('"%s" is no old name', name => {
    expect(findOldName(name)).toBeUndefined()
  })
})

describe('an unknown category', () => {
  const askCategory = (id: string): AppError | undefined => {
    try {
      catalog.category(id)
      return undefined
    } catch (error) {
      return explainUnknown(error as UnknownNameError, catalog)
    }
  }

  test('every old one that is no category is answered with what its tools became, and with those there are', () => {
    for (const { id } of OLD_CATEGORIES.filter(({ id }) => id !== '')) {
      const failure = askCategory(id)
      if (!failure) continue
      expect(failure.message).toMatch(new RegExp(`^There is no category "${id}" here\\. .*\\.$`))
      expect(failure.details).toMatchObject({ available_categories: expect.any(Array) })
    }
  })
})

describe('old paths', () => {
  test('are found with all below them, the longer path first, and no others', () => {
    expect(findOldRoute('/auth/login')).toContain('Authorization')
    expect(findOldRoute('/authors')).toBeUndefined()
    for (const [index, { path }] of OLD_ROUTES.entries()) {
      expect(OLD_ROUTES.slice(0, index).filter(earlier => path.startsWith(`${earlier.path}/`))).toEqual([])
    }
  })

  test('send nobody to a tool that is not there', () => {
    const named = OLD_ROUTES.flatMap(({ advice }) => advice.match(/\b[a-z]+(_[a-z]+)+\b/g) ?? [])
    const tools = named.filter(name => name !== 'tool_name' && name !== 'list_cosine_similarity')
    expect(tools.length).toBeGreaterThan(5)
    expect(tools.filter(name => !catalog.has(name))).toEqual([])
  })
})
