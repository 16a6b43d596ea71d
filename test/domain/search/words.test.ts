import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSpelling } from '../../../src/domain/search/spelling.ts'
import { stem } from '../../../src/domain/search/stem.ts'
import { createPhrases, createSynonyms } from '../../../src/domain/search/synonyms.ts'
import { termsOf, wordsOf } from '../../../src/domain/search/words.ts'

describe('stems', () => {
  test.each([
    ['load', 'loads', 'loading', 'loaded'],
    ['describe', 'describes', 'describing', 'described'],
    ['query', 'queries', 'querying', 'queried'],
    ['save', 'saves', 'saving', 'saved'],
    ['add', 'adds', 'adding', 'added'],
    ['drop', 'drops', 'dropping', 'dropped'],
    ['collect', 'collecting', 'collection', 'collections'],
    ['validate', 'validating', 'validation'],
    ['match', 'matches', 'matching'],
    ['directory', 'directories']
  ])('of the forms of "%s" are one', (...forms) => {
    expect(new Set(forms.map(stem)).size).toBe(1)
  })

  test.each([
    ['status', 'state'],
    ['region', 'rege'],
    ['car', 'care'],
    ['pin', 'pine'],
    ['sing', 's'],
    ['class', 'clas']
  ])('keep "%s" and "%s" apart', (one, other) => {
    expect(stem(one)).not.toBe(stem(other))
  })
})

describe('words', () => {
  test('identifiers are taken apart, accents do not count, sentences lose their small words', () => {
    expect(wordsOf('ipfs_dag_get getSchema Größe-café 2024')).toEqual(
      ['ipfs', 'dag', 'get', 'get', 'schema', 'große', 'cafe', '2024'].map(word =>
        word.normalize('NFKD').replace(/\p{M}/gu, '')
      )
    )
    expect(termsOf('What is in the table?').map(({ word }) => word)).toEqual(['table'])
  })

  test('a pasted CID speaks of CIDs', () => {
    const [cid] = termsOf('bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
    expect(cid?.stem).toBe('cid')
  })

  test('any text at all gives words without a fault', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        for (const { stem } of termsOf(text)) expect(stem).not.toBe('')
      })
    )
  })
})

describe('slips', () => {
  const spelling = createSpelling(['convert', 'compare', 'pin', 'list', 'cat', 'query', 'garbage', 'publish'])

  test.each([
    ['convret', 'convert'],
    ['conver', 'convert'],
    ['publissh', 'publish'],
    ['qeury', 'query'],
    ['garbge', 'garbage'],
    ['pni', 'pin'],
    ['lst', 'list'],
    ['cta', 'cat']
  ])('"%s" is taken for "%s"', (slip, meant) => {
    expect(spelling(slip)).toEqual([meant])
  })

  test.each(['convert', 'elephant', 'now', 'pi', '4711', 'bat', ''])('"%s" is left alone', word => {
    expect(spelling(word)).toEqual([])
  })

  test('a long known word with one letter lost or exchanged is always found again', () => {
    const known = ['retrieve', 'describe', 'provenance', 'directory']
    const find = createSpelling(known)
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.nat(7), fc.constantFrom('', 'z'), (word, at, put) => {
        expect(find(word.slice(0, at) + put + word.slice(at + 1))).toContain(word)
      })
    )
  })
})

describe('synonyms', () => {
  test('go both ways, and a line of names for one thing is stronger than one of neighbours', () => {
    const synonyms = createSynonyms(['split divide'], ['split cut', 'divide split'])
    expect(synonyms.get('split')).toEqual([
      { stem: 'divid', isSame: true },
      { stem: 'cut', isSame: false }
    ])
    expect(synonyms.get('cut')).toEqual([{ stem: 'split', isSame: false }])
  })

  test('no word is its own synonym, and every phrase means something', () => {
    for (const [stem, others] of createSynonyms()) expect(others.map(other => other.stem)).not.toContain(stem)
    for (const { stems, means } of createPhrases()) {
      expect(stems.length).toBeGreaterThan(1)
      expect(means.length).toBeGreaterThan(0)
    }
  })
})
