import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ERROR_CODES, TEMPLATE_SUBCODES } from './error-codes.ts'

/** The codes of Meta's tables, by group. */
const DOCUMENTED = [
  [0, 3, 10, 104, 190, 200, 230, 299],
  [368, 130497, 131031],
  [4, 80007, 80008, 130429, 131048, 131056, 131064, 133016],
  [1, 2, 33, 100, 2500, 130403, 130472, 130501, 131000, 131005, 131008, 131009, 131016, 131021, 131026, 131030, 131037],
  [
    131042, 131045, 131047, 131049, 131050, 131051, 131052, 131053, 131055, 131057, 131059, 131060, 131061, 131062,
    131063,
  ],
  [135000, 137000, 139100, 139101, 139102, 139103, 2494100, 2494191, 2593109],
  [
    132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132018, 132068, 132069, 134100, 134101, 134102,
    134103,
  ],
  [613, 131044, 138000, 138001, 138002, 138003, 138004, 138005, 138006, 138007, 138009, 138012, 138013, 138018],
  [131020, 131041, 131201, 131202, 131204, 131207, 131208, 131209, 131210, 131211, 131212, 131213, 131214, 131215],
  [139000, 139001, 139002, 139003, 139004],
  [133000, 133004, 133005, 133006, 133008, 133009, 133010, 133015, 134011, 147001, 147002, 147003, 147004, 147005],
].flat()

test('the table has every documented code once, and no other code', () => {
  const listed = new Set(Object.keys(ERROR_CODES).map(Number))
  for (const code of DOCUMENTED) assert(listed.delete(code), String(code))
  for (const code of listed) assert(code >= 200 && code <= 299, `${code} is not documented`)
})

test('every code has a meaning and an advice, in sentences', () => {
  for (const [code, { title, meaning, advice }] of Object.entries(ERROR_CODES)) {
    assert(title.length > 2, code)
    for (const text of [meaning, advice]) assert.match(text, /^[A-Z].+\.$/, code)
  }
  for (const meaning of Object.values(TEMPLATE_SUBCODES)) assert.match(meaning, /^[A-Z].+\.$/)
})
