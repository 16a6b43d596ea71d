import { describe, expect, test } from 'vitest'
import { buildManifest } from '../../../scripts/manifest.ts'
import { createCatalog } from '../../../src/core/catalog.ts'
import { meta } from '../../../src/tools/meta/index.ts'
import { listTools } from '../../../src/transports/listing.ts'
import { createFixtureNode } from '../../helpers/fixture-node.ts'

/** 1,500 tokens at four bytes: what a client reads before it can ask for anything. */
const FIRST_CONTACT_BYTES = 6000

const { dispatcher, catalog } = createFixtureNode()
const find = async (args: Record<string, unknown>) =>
  (await dispatcher.invoke({ tool: 'tools_search', args, evidence: { kind: 'process' } })).envelope

describe('tools_search', () => {
  test('answers tools best first, with why, and why one cannot be called now', async () => {
    const { tools } = Object(await find({ query: 'echo a text', limit: 2 }))
    expect(tools[0]).toMatchObject({ name: 'echo', category: 'test_tools', title: 'A fixture', score: 1 })
    expect(tools[0].why).toContain('echo in name')
    const { tools: unavailable } = Object(await find({ query: 'needy', limit: 1 }))
    expect(unavailable).toEqual([expect.objectContaining({ name: 'needy', unavailable: expect.any(String) })])
  })

  test('finds a tool by its alias', async () => {
    expect(await find({ query: 'say again', limit: 1 })).toMatchObject({ tools: [{ name: 'echo' }] })
  })

  test('keeps to a category, and names the nearest where there is none of that name', async () => {
    const { tools } = Object(await find({ query: 'fixture tool', limit: 50, category: 'meta' }))
    expect(new Set(tools.map((tool: { category: string }) => tool.category))).toEqual(new Set(['meta']))
    expect(await find({ query: 'echo', category: 'test_tool' })).toMatchObject({
      error: 'TOOL_NOT_FOUND',
      message: expect.stringContaining('test_tools')
    })
  })

  test.each([
    { query: '' },
    { query: '   ' },
    { query: 'x'.repeat(401) },
    { query: 'x', limit: 0 },
    { query: 'x', limit: 51 },
    {}
  ])('refuses %j', async args => {
    expect(await find(args)).toMatchObject({ success: false, error: 'INVALID_INPUT' })
  })

  test('says in all honesty that nothing matches', async () => {
    expect(await find({ query: 'zzzzzz' })).toMatchObject({ success: true, total: 0, tools: [] })
  })
})

test('the index is built once for a catalogue, at the first search', async () => {
  let built = 0
  const make = () => ++built
  expect([catalog.derive(make), catalog.derive(make)]).toEqual([1, 1])
  const other = createCatalog(buildManifest([meta]), {}, () => undefined)
  expect(other.derive(make)).toBe(2)
})

test('the tools that every client is shown fit into the first contact', () => {
  const listed = JSON.stringify({ tools: listTools(buildManifest([meta]).categories, 'meta') })
  expect(Buffer.byteLength(listed)).toBeLessThanOrEqual(FIRST_CONTACT_BYTES)
})
