import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { countryOf } from './country.ts'

/** Territories that have the calling code of another country, and count as it. */
const COUNTS_AS: Record<string, string> = {
  ...{ GG: 'GB', JE: 'GB', IM: 'GB', SJ: 'NO', VA: 'IT', AX: 'FI', CC: 'AU', CX: 'AU', EH: 'MA' },
  ...{ BL: 'GP', MF: 'GP', TA: 'SH' },
}

test('every country’s own example number is of that country', () => {
  let seen = 0
  for (const country of getCountries()) {
    const number = getExampleNumber(country, examples)?.number ?? `+${getCountryCallingCode(country)}`
    assert.equal(countryOf(number), COUNTS_AS[country] ?? country, `${country} ${number}`)
    seen++
  }
  assert(seen > 200)
})

for (const [recipient, country] of [
  ['16505551234', 'US'],
  ['+1 416 555 0147', 'CA'],
  ['18095550147', 'DO'],
  ['18765550147', 'JM'],
  ['77012345678', 'KZ'],
  ['79161234567', 'RU'],
  ['6281519236680', 'ID'],
  ['85268411234', 'HK'],
  ['8613812345678', 'CN'],
  ['447700900123', 'GB'],
  ['US.80412236671908854412', 'US'],
  ['GB.ENT.55209871340066127783', 'GB'],
  ['999123456', 'XX'],
  ['', 'XX'],
] as const)
  test(`country of ${JSON.stringify(recipient)}`, () => {
    assert.equal(countryOf(recipient), country)
  })
