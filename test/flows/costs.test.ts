import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { run } from '../../packages/gateway/src/cli/run.ts'
import { post, webhook } from '../support/meta.ts'
import { ADMIN_TOKEN, startWorld } from '../support/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-costs-'))
const rates = join(folder, 'rates.csv')
writeFileSync(
  rates,
  `valid_from,market,countries,category,tier,currency,price
2026-07-01,Hong Kong,HK,utility,0:2,EUR,0.0355
2026-07-01,Hong Kong,,utility,3:MAX,EUR,0.0333
2026-10-01,Hong Kong,,service,,EUR,0.0355
`,
)
const world = await startWorld({ env: { RATE_CARD_FILE: rates } })
after(async () => {
  await world.stop()
  rmSync(folder, { recursive: true })
})

type Group = Record<string, unknown>
type Costs = { total: Group; groups: Group[]; currency: string | null; warning: string | null }
const costs = async (query: string): Promise<Costs> => {
  const answer = await world.customer('GET', `/external/costs${query}`)
  assert.equal(answer.http, 200, JSON.stringify(answer))
  return answer.data
}

let sent = 0
/** A status of another program's message over the demo number. */
async function told(status: string, at: string, to: string, pricing: object | undefined, id = ++sent): Promise<number> {
  const timestamp = String(Date.parse(at) / 1000)
  const one = { id: `wamid.costs${id}`, status, timestamp, ...named(to), ...(pricing && { pricing }) }
  assert.equal((await post(world, webhook({ statuses: [one] }))).status, 200)
  return id
}
const named = (to: string) => (/^\d/.test(to) ? { recipient_id: to } : { recipient_user_id: to })
const price = (category: string, type = 'regular') => ({ pricing_model: 'PMP', type, category })

test('each message is counted once, by day, category, type and country, with its amount', async () => {
  const [phone] = DEMO.phones
  const free = price('service', 'free_customer_service')
  const first = await told('sent', '2026-09-30T10:00:00Z', phone!, price('utility'))
  await told('delivered', '2026-09-30T10:00:05Z', phone!, price('utility'), first)
  await told('delivered', '2026-09-30T11:00:00Z', phone!, free)
  const late = await told('sent', '2026-09-30T23:59:59Z', phone!, free)
  await told('delivered', '2026-10-01T00:00:01Z', phone!, price('service'), late)
  await told('read', '2026-10-01T09:00:00Z', phone!, free)
  await told('delivered', '2026-10-02T09:00:00Z', 'BR.12345', price('utility'))
  for (let i = 0; i < 3; i++) await told('delivered', '2026-10-03T09:00:00Z', phone!, price('utility'))
  await told('sent', '2026-10-03T10:00:00Z', phone!, price('referral_conversion', 'free_entry_point'))
  const failing = await told('sent', '2026-10-03T10:00:00Z', phone!, price('utility'))
  await told('failed', '2026-10-03T10:00:01Z', phone!, undefined, failing)

  const span = '?from=2026-09-30&to=2026-10-31'
  const none = { billable: 0, free_in_window: 0, free_tier: 0, free_entry_point: 0, other: 0 }
  const unpaid = { amount: '0.00', amount_micros: 0, unpriced: 0 }
  const byDay = await costs(span)
  assert.equal(byDay.currency, 'EUR')
  assert.deepEqual(byDay.groups, [
    {
      day: '2026-09-30',
      ...none,
      messages: 2,
      billable: 1,
      free_in_window: 1,
      amount: '0.04',
      amount_micros: 35_500,
      unpriced: 0,
    },
    {
      day: '2026-10-01',
      ...none,
      messages: 2,
      billable: 1,
      free_tier: 1,
      amount: '0.04',
      amount_micros: 35_500,
      unpriced: 0,
    },
    { day: '2026-10-02', ...none, messages: 1, billable: 1, amount: '0.00', amount_micros: 0, unpriced: 1 },
    {
      day: '2026-10-03',
      ...none,
      messages: 4,
      billable: 3,
      free_entry_point: 1,
      amount: '0.10',
      amount_micros: 104_300,
      unpriced: 0,
    },
  ])
  assert.deepEqual(byDay.total, {
    ...{ messages: 9, billable: 6, free_in_window: 1, free_tier: 1, free_entry_point: 1, other: 0 },
    ...{ amount: '0.18', amount_micros: 175_300, unpriced: 1 },
  })
  const byCountry = await costs(`${span}&group_by=country`)
  assert.deepEqual(
    byCountry.groups.map(({ country, messages, amount_micros }) => [country, messages, amount_micros]),
    [
      ['BR', 1, 0],
      ['HK', 8, 175_300],
    ],
  )
  const byCategory = await costs(`${span}&group_by=category`)
  assert.deepEqual(
    byCategory.groups.map(({ category, billable, amount }) => [category, billable, amount]),
    [
      ['referral_conversion', 0, '0.00'],
      ['service', 1, '0.04'],
      ['utility', 5, '0.14'],
    ],
  )
  const byType = await costs(`${span}&group_by=type`)
  assert.deepEqual(
    byType.groups.map(({ type, messages }) => [type, messages]),
    [
      ['free_customer_service', 2],
      ['free_entry_point', 1],
      ['regular', 6],
    ],
  )
  assert.deepEqual(
    (await costs('?from=2026-10-02T23:00:00Z&to=1790985599')).groups.map(({ day }) => day),
    ['2026-10-02'],
  )
  const none2 = await costs('?from=2026-01-01&to=2026-01-31')
  assert.deepEqual([none2.groups, none2.total], [[], { ...none, messages: 0, ...unpaid }])
})

test('the operator sees all channels, one of them, and the same on the command line', async () => {
  const span = 'from=2026-09-30&to=2026-10-31&group_by=category'
  const all = (await world.admin('GET', `/admin/costs?${span}`)).data as Costs
  assert.equal(all.total.messages, 9)
  assert.deepEqual((await world.admin('GET', `/admin/costs?${span}&channel_id=1`)).data, all)
  const made = await world.admin('POST', '/admin/channels', {
    ...{ name: 'Two', business_phone: '4915112345678', phone_number_id: '77', waba_id: '88', access_token: 'token' },
  })
  const { channel_id: other } = made.data as { channel_id: number }
  assert.equal(((await world.admin('GET', `/admin/costs?${span}&channel_id=${other}`)).data as Costs).total.messages, 0)
  let said = ''
  const streams = { out: (text: string) => (said += text), err: () => {} }
  const args = [
    'costs',
    '--from',
    '2026-09-30',
    '--to',
    '2026-10-31',
    '--group-by',
    'category',
    '--url',
    world.gateway.url,
  ]
  assert.equal(await run(args, { ADMIN_TOKEN }, streams), 0)
  assert.match(said, /^CATEGORY +MESSAGES +BILLABLE .*EUR.*\n(.*\n)*total +9 +6 +1 +1 +1 +0\.18 +1\n/)
  said = ''
  assert.equal(await run([...args, '--json'], { ADMIN_TOKEN }, streams), 0)
  assert.equal((JSON.parse(said) as Costs).total.amount, '0.18')
})

for (const [query, field] of [
  ['from=yesterday', 'from'],
  ['from=2026-02-30', 'from'],
  ['to=2026-13-01', 'to'],
  ['from=2026-10-02&to=2026-10-01', 'to'],
  ['from=2020-01-01&to=2026-10-01', 'from'],
  ['group_by=hour', 'group_by'],
  ['grouped=day', 'grouped'],
] as const)
  test(`costs?${query} is refused, and the answer names ${field}`, async () => {
    const { http, message, error } = await world.customer('GET', `/external/costs?${query}`)
    assert.equal(http, 422)
    assert.equal((error as unknown as { fields: { path: string }[] }).fields[0]!.path, field)
    assert.ok(message.startsWith(`${field}: `), message)
  })

test('a channel that never was is refused by name', async () => {
  for (const id of ['999', 'x']) {
    const { http, message } = await world.admin('GET', `/admin/costs?channel_id=${id}`)
    assert.equal(http, 422)
    assert.match(message, /^channel_id: /)
  }
})
