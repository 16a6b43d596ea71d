import { expect, test } from 'vitest'
import { fileError } from '../../../src/services/files/file-error.ts'

test.each([
  ['ENOSPC', 'STORAGE_FULL'],
  ['EDQUOT', 'STORAGE_FULL'],
  ['EFBIG', 'TOO_LARGE'],
  ['EROFS', 'PATH_FORBIDDEN'],
  ['EMFILE', 'BUSY']
])('the system error %s reaches the caller as %s, with the path that the caller used', (code, meaning) => {
  expect(fileError(Object.assign(new Error('secret /place'), { code }), 'mine')).toMatchObject({
    code: meaning,
    message: expect.stringMatching(/^"mine": /)
  })
})

test('an error with no known meaning passes unchanged', () => {
  const strange = new Error('strange')
  expect(fileError(strange, 'mine')).toBe(strange)
})
