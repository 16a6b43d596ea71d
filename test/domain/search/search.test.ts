import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildManifest } from '../../../scripts/manifest.ts'
import { defineTool } from '../../../src/core/tool.ts'
import { documentsOf } from '../../../src/domain/search/documents.ts'
import type { Scorer } from '../../../src/domain/search/scorer.ts'
import { createToolSearch } from '../../../src/domain/search/search.ts'
import { createWordScorer } from '../../../src/domain/search/word-scorer.ts'

const tool = (name: string, title: string, description: string, input: z.ZodRawShape = {}) =>
  defineTool({
    name,
    title,
    description,
    runtime: 'general',
    effect: 'read',
    capability: { ability: 'test/run', resource: () => 'test' },
    needs: [],
    input: z.strictObject(input),
    output: z.object({}),
    errors: [],
    examples: [],
    run: () => ({})
  })

const { categories } = buildManifest([
  {
    id: 'song_tools',
    title: 'Songs',
    summary: 'Songs',
    tools: [
      tool('play_song', 'Play a song', 'Plays a song through the speaker. To keep it use store_song.'),
      tool('store_song', 'Store a song', 'Keeps a song in the library.', { codec: z.enum(['opus', 'vorbis']) })
    ]
  },
  {
    id: 'bird_tools',
    title: 'Birds',
    summary: 'Birds',
    tools: [
      tool('count_birds', 'Count birds', 'Tells how many birds sit in a tree.'),
      tool('draw_bird', 'Draw a bird', 'Draws one bird with pencil.', {
        shade: z.string().describe('Colour of the plumage')
      })
    ]
  }
])
const { search } = createToolSearch(categories)
const names = (query: string, limit = 5) => search(query, { limit }).hits.map(hit => hit.name)

describe('a tool is found', () => {
  test.each([
    ['its name', 'play_song', 'play_song'],
    ['its name in one piece', 'playsong', 'play_song'],
    ['its name with a slip', 'cuont_birds', 'count_birds'],
    ['a form of its words', 'drawing birds', 'draw_bird'],
    ['a synonym', 'enumerate how many birds', 'count_birds'],
    ['what a parameter is about', 'plumage', 'draw_bird'],
    ['a value that a parameter takes', 'vorbis', 'store_song']
  ])('by %s', (_by, query, name) => {
    expect(names(query)[0]).toBe(name)
  })

  test('not by the name of another tool that its description points to', () => {
    const { hits } = search('store_song', { limit: 5 })
    expect(hits[0]?.name).toBe('store_song')
    const other = hits.find(hit => hit.name === 'play_song')
    expect(other?.why.filter(match => match.as === undefined).map(match => match.word)).toEqual(['song'])
  })
})

describe('an answer', () => {
  test('tells for each tool the words that speak for it, what they were taken for and where they stand', () => {
    const [hit] = search('brid with plumage', { limit: 1 }).hits
    expect(hit).toMatchObject({ name: 'draw_bird', category: 'bird_tools', title: 'Draw a bird', score: 1 })
    expect(hit?.why).toEqual([
      { word: 'brid', as: 'bird', field: 'name' },
      { word: 'plumage', field: 'parameters' }
    ])
  })

  test('keeps to its category and its limit, and counts all that matched', () => {
    const { hits, total } = search('song bird', { limit: 1, category: 'bird_tools' })
    expect(hits.map(hit => hit.category)).toEqual(['bird_tools'])
    expect(total).toBe(2)
  })

  test('is empty where nothing matches, rather than made up', () => {
    expect(search('quantum chromodynamics', { limit: 5 })).toEqual({ total: 0, hits: [] })
    expect(search('?!', { limit: 5 })).toEqual({ total: 0, hits: [] })
  })

  test('is the same for the same question, sorted, within its limit, whatever the question', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.integer({ min: 1, max: 5 }), (query, limit) => {
        const { hits, total } = search(query, { limit })
        expect(search(query, { limit }).hits).toEqual(hits)
        expect(hits.length).toBe(Math.min(limit, total))
        expect(hits.map(hit => hit.score)).toEqual(hits.map(hit => hit.score).sort((a, b) => b - a))
      })
    )
  })
})

test('scorers of different scales are combined by their weight', () => {
  const documents = documentsOf(categories)
  const likes = (name: string, weight: number): Scorer => ({
    weight,
    score: () => ({
      scores: Float64Array.from(documents, document => (document.name === name ? 1e6 : 0)),
      explain: () => []
    })
  })
  const first = (weight: number) =>
    createToolSearch(categories, all => [createWordScorer(all), likes('count_birds', weight)]).search('play a song', {
      limit: 1
    }).hits[0]?.name
  expect(first(0.5)).toBe('play_song')
  expect(first(2)).toBe('count_birds')
})
