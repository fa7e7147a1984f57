import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConfigError, readConfig } from '../config.ts'
import { dateOf, dayOfDate, oldRates, rateKey } from './rate-card.ts'
import { readRateCard } from './read-rate-card.ts'

const CSV = `# WhatsApp, USD, third quarter
valid_from,market,countries,category,tier,currency,price
2026-07-01,Indonesia,ID,utility,0:750000,USD,0.0200
2026-07-01,Indonesia,,utility,750001:MAX,USD,0.0185
2026-10-01,Indonesia,,utility,0:MAX,USD,0.021
2026-07-01,"North America","US CA",marketing,,USD,0.025
`
const JSON_CARD = {
  currency: 'USD',
  markets: {
    ID: 'Indonesia',
    US: 'North America',
    CA: 'North America',
    BD: [{ market: 'Rest of Asia Pacific' }, { market: 'Bangladesh', valid_from: '2026-10-01' }],
  },
  rates: [
    { valid_from: '2026-07-01', market: 'Indonesia', category: 'utility', tier: '0:750000', price: '0.0200' },
    { valid_from: '2026-07-01', market: 'Indonesia', category: 'utility', tier_from: 750_001, price_micros: 18_500 },
    { valid_from: '2026-10-01', market: 'Indonesia', category: 'utility', price: 0.021 },
    { valid_from: '2026-07-01', market: 'North America', category: 'marketing', price: 0.025 },
  ],
}

test('the two forms of a file make the same card', () => {
  const one = readRateCard(CSV).card!
  const other = readRateCard(JSON.stringify(JSON_CARD)).card!
  assert.equal(one.currency, 'USD')
  assert.equal(dateOf(one.newestFrom), '2026-10-01')
  assert.deepEqual(one.rates, other.rates)
  assert.deepEqual(one.rates.get(rateKey('Indonesia', 'utility')), [
    { from: dayOfDate('2026-10-01'), tiers: [{ first: 0, last: Infinity, micros: 21_000 }] },
    {
      from: dayOfDate('2026-07-01'),
      tiers: [
        { first: 0, last: 750_000, micros: 20_000 },
        { first: 750_001, last: Infinity, micros: 18_500 },
      ],
    },
  ])
  assert.equal(one.markets.get('CA')![0]!.market, 'North America')
  assert.deepEqual(
    other.markets.get('BD')!.map(({ market }) => market),
    ['Bangladesh', 'Rest of Asia Pacific'],
  )
})

const head = 'valid_from,market,countries,category,tier,currency,price\n'
for (const [what, text, problem] of [
  ['a wrong price', `${head}2026-07-01,X,,utility,,USD,0.02 $\n`, /^line 2, price: must be a price .*"0\.02 \$"/],
  ['seven decimals', `${head}2026-07-01,X,,utility,,USD,0.0000001\n`, /^line 2, price: .*at most six decimals/],
  ['a wrong date', `${head}\n2026-02-30,X,,utility,,USD,1\n`, /^line 3, valid_from: must be a date such as/],
  ['an unknown category', `${head}2026-07-01,X,,markting,,USD,1\n`, /^line 2, category: must be one of marketing, /],
  [
    'a gap in the tiers',
    `${head}2026-07-01,X,,utility,0:10,USD,2\n2026-07-01,X,,utility,12:MAX,USD,1\n`,
    /^line 3, tier: begins at 12/,
  ],
  ['a tier backwards', `${head}2026-07-01,X,,utility,9:3,USD,2\n`, /^line 2, tier: must be two numbers/],
  [
    'two currencies',
    `${head}2026-07-01,X,,utility,,USD,2\n2026-07-01,Y,,utility,,EUR,2\n`,
    /^line 3, currency: is EUR, and the rest/,
  ],
  ['no currency', 'valid_from,market,category,price\n2026-07-01,X,utility,2\n', /^currency: is missing/],
  ['a missing column', 'valid_from,category,price\n', /^line 1: has no column market/],
  ['an unknown column', 'valid_from,market,category,cost\n2026-07-01,X,utility,2\n', /^line 2, cost: is not known/],
  [
    'a country in two markets',
    `${head}2026-07-01,X,US,utility,,USD,2\n2026-07-01,Y,US,utility,,USD,2\n`,
    /^line 3, countries: puts US into Y/,
  ],
  [
    'a country by its name',
    `${head}2026-07-01,X,Chile,utility,,USD,2\n`,
    /^line 2, countries: must be countries as two letters/,
  ],
  ['bad JSON', '{"rates":[', /^the file: is not valid JSON/],
  ['JSON without rates', '{"currency":"USD"}', /^rates: must be a list of prices/],
  [
    'a wrong price in JSON',
    '{"currency":"USD","rates":[{"valid_from":"2026-07-01","market":"X","category":"utility","price":-1}]}',
    /^rates\.0, price: must be a price/,
  ],
  ['nothing', '', /^line 1: must name the columns/],
  ['no rows', head, /^the file: has no prices/],
] as const)
  test(`a card with ${what} is refused with its place`, () => {
    const { problems } = readRateCard(text)
    assert(problems, 'it is taken')
    assert.match(problems[0]!, problem)
  })

test('RATE_CARD_FILE is read with the other settings, and its mistakes are reported with theirs', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rates-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'rates.csv')
  writeFileSync(file, CSV)
  assert.equal(readConfig({ RATE_CARD_FILE: file }).rateCard?.currency, 'USD')
  assert.equal(readConfig({}).rateCard, undefined)
  writeFileSync(file, CSV.replace('0.021', 'x'))
  assert.throws(
    () => readConfig({ RATE_CARD_FILE: file, PORT: 'a' }),
    (error) => {
      assert(error instanceof ConfigError)
      assert.equal(error.problems.length, 2)
      assert.match(error.problems.join(), /RATE_CARD_FILE has mistakes in ".*rates\.csv": line 5, price: must be/)
      return true
    },
  )
  assert.throws(() => readConfig({ RATE_CARD_FILE: join(folder, 'none') }), /RATE_CARD_FILE must be a file/)
})

test('prices are old after 100 days', () => {
  const card = readRateCard(CSV).card!
  assert.equal(oldRates(card, card.newestFrom + 100), undefined)
  assert.match(oldRates(card, card.newestFrom + 101)!, /valid from 2026-10-01: they are 101 days old/)
})
