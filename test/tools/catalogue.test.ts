/** The names that clients of the Python server know: each category that is here has all of its own, as tools or as other names of them. */
import { expect, test } from 'vitest'
import { categoryLoaders } from '../../src/tools/index.ts'
import catalogue from './catalogue.json' with { type: 'json' }

const known = Object.entries(catalogue)
const here = known.filter(([category]) => Object.hasOwn(categoryLoaders, category))

test.each(here)('%s has every tool of its name', async (category, names) => {
  const { tools } = (await categoryLoaders[category]?.()) ?? expect.fail()
  const own = tools.flatMap(({ name, aliases = [] }) => [name, ...aliases.map(alias => alias.name)])
  expect(own).toEqual(expect.arrayContaining(names))
})

test('the everyday categories are here', () => {
  const categories = [
    'data_processing_tools',
    'storage_tools',
    'duckdb_tools',
    'cache_tools',
    'monitoring_tools',
    'admin_tools',
    'ipfs_cluster_tools'
  ]
  expect(here.map(([category]) => category)).toEqual(expect.arrayContaining(categories))
})
