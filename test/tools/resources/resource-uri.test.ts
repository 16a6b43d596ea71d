import { describe, expect, test } from 'vitest'
import { parseResourceUri } from '../../../src/tools/resources/resource-uri.ts'

const CID = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

test('a path is decoded by segment, so that a name may hold what a URI may not', () => {
  expect(parseResourceUri(`ipfs://${CID}/a%20b/50%25%2Foff?offset=2&length=3`)).toMatchObject({
    kind: 'ipfs',
    path: ['a b', '50%/off'],
    range: { offset: 2, length: 3 }
  })
})

test('without a query there is no range', () => {
  expect(parseResourceUri(`ipfs://${CID}`)).toMatchObject({ path: [], range: undefined })
})

describe('a URI that leads anywhere else is refused', () => {
  test.each([
    'file:///etc/passwd',
    '/etc/passwd',
    'http://127.0.0.1/',
    'IPFS://x',
    'people',
    'dataset://',
    'dataset://../people',
    'dataset://people/1',
    'dataset://people?version=1',
    `ipfs://${CID}/%zz`,
    `ipfs://${CID}?offset=-1`,
    `ipfs://${CID}?length=1e3`,
    `ipfs://${CID}?range=1`
  ])('%s', uri => {
    expect(() => parseResourceUri(uri)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  test('a text that is no CID', () => {
    expect(() => parseResourceUri('ipfs://nonsense')).toThrow(expect.objectContaining({ code: 'INVALID_CID' }))
  })
})
