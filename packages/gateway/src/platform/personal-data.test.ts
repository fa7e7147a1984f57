import assert from 'node:assert/strict'
import { test } from 'node:test'
import { masked, writerOf } from './personal-data.ts'

for (const [text, wanted] of [
  ['85268411234', '852•••34'],
  ['US.13491208655302741918', 'US.•••18'],
  ['Ann Lee', '•••'],
  ['', '•••'],
  ['👩‍🚀 Captain Marvel', '👩‍🚀•••el'],
] as const)
  test(`${text} is masked as ${wanted}`, () => {
    assert.equal(masked(text), wanted)
    assert.equal(writerOf('masked')(text), wanted)
    assert.equal(writerOf('full')(text), text)
  })
