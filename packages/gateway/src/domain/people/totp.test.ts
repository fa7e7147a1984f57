import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base32, codeOf, stepAt, stepOfCode } from './totp.ts'

const SECRET = Buffer.from('12345678901234567890')

test('codes are those of RFC 6238, appendix B', () => {
  const vectors: [seconds: number, code: string][] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ]
  for (const [seconds, code] of vectors) assert.equal(codeOf(SECRET, stepAt(seconds * 1000), 8), code)
})

test('codes are those of RFC 4226, appendix D', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  for (const [step, code] of codes.entries()) assert.equal(codeOf(SECRET, step), code)
})

test('a code counts for the steps beside the present one, and once', () => {
  const now = 1_111_111_111_000
  const step = stepAt(now)
  for (const near of [step - 1, step, step + 1]) assert.equal(stepOfCode(SECRET, codeOf(SECRET, near), now, 0), near)
  for (const far of [step - 2, step + 2]) assert.equal(stepOfCode(SECRET, codeOf(SECRET, far), now, 0), undefined)
  assert.equal(stepOfCode(SECRET, codeOf(SECRET, step), now, step), undefined, 'its step was used')
  assert.equal(stepOfCode(SECRET, codeOf(SECRET, step - 1), now, step), undefined, 'an earlier one too')
  assert.equal(stepOfCode(SECRET, codeOf(SECRET, step + 1), now, step), step + 1)
})

test('base32 is that of RFC 4648, section 10, without padding', () => {
  const vectors = {
    '': '',
    f: 'MY',
    fo: 'MZXQ',
    foo: 'MZXW6',
    foob: 'MZXW6YQ',
    fooba: 'MZXW6YTB',
    foobar: 'MZXW6YTBOI',
  }
  for (const [text, encoded] of Object.entries(vectors)) assert.equal(base32(Buffer.from(text)), encoded)
})
