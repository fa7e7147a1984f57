import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayOfDate } from '../../platform/rates/rate-card.ts'
import { readRateCard } from '../../platform/rates/read-rate-card.ts'
import { costOf, DAY_MS, type Priced } from './cost.ts'
import { addAmounts, type Amount, type BilledSum, countsOf, monthOf, priceOfRun, toCents } from './report.ts'

const priced = (more: Partial<Priced>): Priced => ({
  direction: 'out',
  status: 'sent',
  recipient: '6281519236680',
  pricing: '{"billable":true,"pricing_model":"PMP","type":"regular","category":"authentication_international"}',
  sentAt: 10 * DAY_MS - 1,
  deliveredAt: null,
  readAt: null,
  playedAt: null,
  ...more,
})

test('a message counts on the day of its delivery, and not when it failed', () => {
  const cost = { country: 'ID', category: 'authentication-international', type: 'regular' }
  assert.deepEqual(costOf(priced({})), { day: 9, ...cost })
  assert.deepEqual(costOf(priced({ status: 'delivered', deliveredAt: 10 * DAY_MS })), { day: 10, ...cost })
  assert.deepEqual(costOf(priced({ status: 'read', readAt: 11 * DAY_MS })), { day: 11, ...cost })
  assert.equal(costOf(priced({ status: 'failed' })), undefined)
  assert.equal(costOf(priced({ direction: 'in' })), undefined)
  assert.equal(costOf(priced({ pricing: null })), undefined)
  assert.equal(costOf(priced({ pricing: '{"billable":true}' })), undefined)
  assert.equal(costOf(priced({ pricing: '{"type":"<b>","category":"new_kind"}' }))?.type, 'other')
})

test('free_customer_service means the window until 30 September 2026, and the free tier afterwards', () => {
  const groups = countsOf([
    { key: 'a', type: 'free_customer_service', late: false, messages: 2 },
    { key: 'a', type: 'free_customer_service', late: true, messages: 3 },
    { key: 'a', type: 'free_group_customer_service', late: true, messages: 5 },
    { key: 'a', type: 'regular', late: true, messages: 7 },
    { key: 'b', type: 'free_entry_point', late: 1, messages: 11 },
    { key: 'b', type: 'something_new', late: 1, messages: 13 },
  ])
  const none = { billable: 0, free_in_window: 0, free_tier: 0, free_entry_point: 0, other: 0 }
  assert.deepEqual(groups.get('a'), { ...none, messages: 17, billable: 7, free_in_window: 2, free_tier: 8 })
  assert.deepEqual(groups.get('b'), { ...none, messages: 24, free_entry_point: 11, other: 13 })
})

test('a run of messages is priced by the tiers that it goes through', () => {
  const tiers = [
    { first: 0, last: 10, micros: 1_000_000 },
    { first: 11, last: 20, micros: 100_000 },
    { first: 21, last: Infinity, micros: 10_000 },
  ]
  assert.equal(priceOfRun(tiers, 0, 10), 10_000_000n)
  assert.equal(priceOfRun(tiers, 9, 2), 1_100_000n)
  assert.equal(priceOfRun(tiers, 0, 25), 11_050_000n)
  assert.equal(priceOfRun(tiers, 20, 3), 30_000n)
  assert.equal(priceOfRun(tiers.slice(0, 2), 19, 3), 300_000n)
  assert.equal(
    priceOfRun([{ first: 0, last: Infinity, micros: 12_345_678 }], 0, 1_000_000_000),
    12_345_678_000_000_000n,
  )
})

test('amounts to the cent', () => {
  assert.equal(toCents(0n), '0.00')
  assert.equal(toCents(4_999n), '0.00')
  assert.equal(toCents(5_000n), '0.01')
  assert.equal(toCents(1_234_567_890n), '1234.57')
})

const card = readRateCard(
  JSON.stringify({
    currency: 'USD',
    markets: { US: 'North America', CA: 'North America' },
    rates: [
      { valid_from: '2026-07-01', market: 'North America', category: 'utility', tier: '0:10', price: 1 },
      { valid_from: '2026-07-01', market: 'North America', category: 'utility', tier: '11:MAX', price: 0.1 },
      { valid_from: '2026-10-15', market: 'North America', category: 'utility', price: 2 },
      { valid_from: '2026-07-01', market: 'North America', category: 'marketing', price: 3 },
      { valid_from: '2026-07-01', market: 'Other', category: 'marketing', price: 5 },
    ],
  }),
).card!

function amountsOf(sums: Partial<BilledSum>[], from: string, grouping: 'day' | 'category' | 'country' = 'day') {
  const amounts = new Map<string | number, Amount>()
  const day = dayOfDate(from)!
  addAmounts(
    amounts,
    sums.map((sum) => ({ wabaId: '1', place: 1, day, country: 'US', category: 'utility', messages: 1, ...sum })),
    { card, grouping, from: day },
  )
  return [...amounts]
    .map(([key, { micros, unpriced }]) => [key, Number(micros) / 1e6, unpriced])
    .sort(([a], [b]) => (a! < b! ? -1 : 1))
}

test('the volume of a month counts from its first day, over all channels of the account', () => {
  const [first, later] = [dayOfDate('2026-09-01')!, dayOfDate('2026-09-20')!]
  assert.deepEqual(
    amountsOf(
      [
        { day: first, messages: 8 },
        { day: later, messages: 4 },
      ],
      '2026-09-20',
    ),
    [[later, 2.2, 0]],
  )
  assert.deepEqual(
    amountsOf(
      [
        { place: 0, day: later, messages: 9 },
        { day: later, messages: 4 },
        { place: 2, messages: 9 },
      ],
      '2026-09-20',
    ),
    [[later, 1.3, 0]],
  )
  assert.deepEqual(
    amountsOf(
      [
        { wabaId: '2', day: first, messages: 10 },
        { day: later, messages: 4 },
      ],
      '2026-09-20',
    ),
    [[later, 4, 0]],
    'another account has its own volume',
  )
})

test('a market counts its countries together, and a price holds from its day on', () => {
  const day = dayOfDate('2026-10-14')!
  assert.deepEqual(
    amountsOf(
      [{ country: 'CA', messages: 10 }, { messages: 1 }, { day: day + 1, messages: 1 }],
      '2026-10-14',
      'country',
    ),
    [
      ['CA', 10, 0],
      ['US', 2.1, 0],
    ],
  )
})

test('a service message has the price of a utility message without tiers, and what has no price is counted', () => {
  assert.deepEqual(
    amountsOf(
      [
        { category: 'service', messages: 20 },
        { category: 'marketing_lite', messages: 2 },
        { category: 'authentication-international', messages: 7 },
        { category: 'marketing', country: 'XX', messages: 1 },
        { category: 'utility', country: 'BR', messages: 1 },
      ],
      '2026-09-05',
      'category',
    ),
    [
      ['authentication-international', 0, 7],
      ['marketing_lite', 6, 0],
      ['service', 20, 0],
      ['utility', 0, 1],
      ['marketing', 5, 0],
    ].sort(([a], [b]) => (a! < b! ? -1 : 1)),
  )
})

test('months', () => {
  const { first, next } = monthOf(dayOfDate('2026-12-31')!)
  assert.deepEqual([first, next], [dayOfDate('2026-12-01'), dayOfDate('2027-01-01')])
})
