import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { startWorld } from '../support/world.ts'

/*
 * A quarter of messages, from 1 August to 31 October 2026, over a gateway and a sandbox whose clock is moved. The sandbox
 * bills by its own rules. The gateway counts what the statuses say. The prices are multiplied here once more, in cents
 * and by hand.
 */

const DAY = 86_400_000
const clock = new ShiftedClock()
const goTo = (date: string): void => clock.step(Date.parse(date) - clock.now())
goTo('2026-08-01T08:00:00Z')

const folder = mkdtempSync(join(tmpdir(), 'postern-bill-'))
const card = {
  currency: 'USD',
  markets: { HK: 'Hong Kong', US: 'North America', CA: 'North America' },
  rates: [
    { valid_from: '2026-07-01', market: 'Hong Kong', category: 'marketing', price: 0.0732 },
    { valid_from: '2026-07-01', market: 'Hong Kong', category: 'utility', tier: '0:4', price: 0.0314 },
    { valid_from: '2026-07-01', market: 'Hong Kong', category: 'utility', tier: '5:MAX', price: 0.0298 },
    { valid_from: '2026-07-01', market: 'North America', category: 'marketing', price: 0.025 },
    { valid_from: '2026-07-01', market: 'North America', category: 'utility', price: 0.0034 },
    { valid_from: '2026-10-01', market: 'North America', category: 'utility', price: 0.0041 },
    { valid_from: '2026-10-01', market: 'North America', category: 'service', price: 0.0041 },
  ],
}
writeFileSync(join(folder, 'card.json'), JSON.stringify(card))
const world = await startWorld({
  env: { RATE_CARD_FILE: join(folder, 'card.json') },
  webhook: false,
  gateway: { clock, sandbox: { clock, statusDelayMs: 0 } },
})
after(async () => {
  await world.stop()
  rmSync(folder, { recursive: true })
})
const { sandbox } = world
sandbox.pace({ freeServiceMessages: 5 })
for (const category of ['MARKETING', 'UTILITY'])
  sandbox.addTemplate({ name: `a_${category.toLowerCase()}`, category, components: [{ type: 'BODY', text: 'Hello.' }] })
await world.admin('POST', `/admin/channels/${DEMO.channelId}/templates/sync`)

const [hongKong, america] = DEMO.phones
const AMERICANS = [america!, '12065550147', '13105550199']
const template = (to: string, name: string) => ({ to, type: 'template', template: { name, language: 'en_US' } })

type Point = { start: number; country: string; pricing_type: string; pricing_category: string; volume: number }
type Sums = Record<string, number>

/** Billed messages by month, country, category and type, as the sandbox has them. */
async function sandboxSums(granularity: 'DAILY' | 'MONTHLY'): Promise<Sums> {
  const [start, end] = [Date.UTC(2026, 7, 1) / 1000, Date.UTC(2026, 10, 1) / 1000]
  const query = `start=${start}&end=${end}&granularity=${granularity}&dimensions=COUNTRY,PRICING_CATEGORY,PRICING_TYPE`
  const { data } = await world.customer('GET', `/external/resources/pricing_analytics?${query}`)
  const points = (data as { pricing_analytics: { data: { data_points: Point[] }[] } }).pricing_analytics.data[0]!
    .data_points
  const sums: Sums = {}
  for (const { start: at, country, pricing_category: category, pricing_type: type, volume } of points) {
    const day = new Date(at * 1000).toISOString().slice(0, granularity === 'DAILY' ? 10 : 7)
    sums[`${day} ${country} ${category.toLowerCase()} ${type.toLowerCase()}`] = volume
  }
  return sums
}

type Group = Record<'messages' | 'billable' | 'free_in_window' | 'free_tier' | 'free_entry_point', number> & {
  day: string
  country: string
  category: string
  amount: string
}
async function costs(query: string): Promise<{ total: Group; groups: Group[] }> {
  const { http, data } = await world.customer('GET', `/external/costs?${query}`)
  assert.equal(http, 200)
  return data
}

const totals = (sums: Sums, part: (words: string[]) => string | undefined): Sums => {
  const found: Sums = {}
  for (const [words, volume] of Object.entries(sums)) {
    const key = part(words.split(' '))
    if (key !== undefined) found[key] = (found[key] ?? 0) + volume
  }
  return found
}

/** Everything that was sent has arrived at the gateway. */
async function arrived(): Promise<void> {
  await sandbox.settled()
}

test('the bill of a simulated quarter, to the cent', async () => {
  // Every third day: a person in America writes; a reply, a utility message in the window, one outside of it, marketing.
  for (let day = 0; day < 92; day += 3) {
    clock.step(day === 0 ? 0 : 3 * DAY)
    // Somebody else each month: WhatsApp limits the messages to one person.
    const person = AMERICANS[new Date(clock.now()).getUTCMonth() - 7]!
    await sandbox.phone(person).says('Where is my parcel?')
    await world.send({ to: person, type: 'text', text: 'On its way.' })
    await world.send(template(person, 'a_utility'))
    await world.send(template(hongKong!, 'a_utility'))
    if (day % 2 === 0) await world.send(template('85298765432', 'a_marketing'))
  }
  await arrived()

  const months = await sandboxSums('MONTHLY')
  assert.deepEqual(months, {
    '2026-08 HK utility regular': 10,
    // The demo phones begin with an open window.
    '2026-08 HK utility free_customer_service': 1,
    '2026-08 HK marketing regular': 6,
    '2026-08 US service free_customer_service': 11,
    '2026-08 US utility free_customer_service': 11,
    '2026-09 HK utility regular': 10,
    '2026-09 HK marketing regular': 5,
    '2026-09 US service free_customer_service': 10,
    '2026-09 US utility free_customer_service': 10,
    '2026-10 HK utility regular': 10,
    '2026-10 HK marketing regular': 5,
    '2026-10 US service free_customer_service': 5,
    '2026-10 US service regular': 5,
    '2026-10 US utility regular': 10,
  })

  // The gateway counts the same on every day.
  const span = 'from=2026-08-01&to=2026-10-31'
  const days = await sandboxSums('DAILY')
  const byDay = await costs(span)
  assert.deepEqual(
    Object.fromEntries(byDay.groups.map(({ day, messages }) => [day, messages])),
    totals(days, ([day]) => day),
  )
  assert.deepEqual(
    Object.fromEntries(byDay.groups.filter(({ billable }) => billable > 0).map(({ day, billable }) => [day, billable])),
    totals(days, ([day, , , type]) => (type === 'regular' ? day : undefined)),
  )
  for (const month of ['2026-08', '2026-09', '2026-10']) {
    const { groups } = await costs(
      `from=${month}-01&to=${month === '2026-09' ? '2026-09-30' : `${month}-31`}&group_by=category`,
    )
    assert.deepEqual(
      Object.fromEntries(
        groups.map(({ category, billable }) => [category, billable]).filter(([, count]) => count !== 0),
      ),
      totals(months, ([when, , category, type]) => (when === month && type === 'regular' ? category : undefined)),
    )
  }

  // In ten-thousandths of a dollar: marketing, utility of Hong Kong with its tier, and America from October on.
  const marketing = (6 + 5 + 5) * 732
  const utility = 3 * 4 * 314 + (6 + 6 + 6) * 298
  const inAmerica = 10 * 41 + 5 * 41
  const { total } = await costs(span)
  assert.equal(total.amount, '2.15')
  assert.equal(total.amount, ((marketing + utility + inAmerica) / 10_000).toFixed(2))
  const { billable, free_in_window, free_tier, messages } = total
  assert.deepEqual(
    { billable, free_in_window, free_tier, messages },
    { billable: 61, free_in_window: 43, free_tier: 5, messages: 109 },
  )
  const august = await costs('from=2026-08-01&to=2026-08-31')
  assert.equal(august.total.amount, ((6 * 732 + 4 * 314 + 6 * 298) / 10_000).toFixed(2))
  // The volume tier counts from the first of the month, also when only its end is asked for.
  const end = await costs('from=2026-08-31&to=2026-08-31&group_by=category')
  assert.deepEqual(
    end.groups.map(({ category, amount }) => [category, amount]),
    [
      ['marketing', '0.07'],
      ['service', '0.00'],
      ['utility', '0.03'],
    ],
  )
})

test('what is sent before midnight and delivered after it belongs to the next month, on both sides', async () => {
  goTo('2026-11-30T23:59:50Z')
  const phone = sandbox.phone('14165550123')
  await phone.says('Hi')
  phone.goesOffline()
  for (let i = 0; i < 7; i++) await world.send({ to: '14165550123', type: 'text', text: `Reply ${i}` })
  await arrived()
  goTo('2026-12-01T00:00:10Z')
  phone.comesOnline()
  await arrived()
  const { groups } = await costs('from=2026-11-30&to=2026-12-01&group_by=day')
  assert.deepEqual(
    groups.map(({ day, free_tier, billable }) => [day, free_tier, billable]),
    [['2026-12-01', 5, 2]],
  )
  const [start, end] = [Date.UTC(2026, 10, 30) / 1000, Date.UTC(2026, 11, 2) / 1000]
  const { data } = await world.customer(
    'GET',
    `/external/resources/pricing_analytics?start=${start}&end=${end}&granularity=DAILY&dimensions=PRICING_TYPE`,
  )
  const points = (data as { pricing_analytics: { data: { data_points: Point[] }[] } }).pricing_analytics.data[0]!
    .data_points
  assert.deepEqual(
    points
      .map(({ start: at, pricing_type, volume }) => [
        new Date(at * 1000).toISOString().slice(0, 10),
        pricing_type,
        volume,
      ])
      .sort(),
    [
      ['2026-12-01', 'FREE_CUSTOMER_SERVICE', 5],
      ['2026-12-01', 'REGULAR', 2],
    ],
  )
})

test('a message to a group is counted for each participant, from one free tier', async () => {
  goTo('2027-01-05T09:00:00Z')
  const group = sandbox.addGroup({ subject: 'Team', participants: [hongKong!, america!] })
  await fetch(`${sandbox.url}/v25.0/${DEMO.phoneNumberId}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEMO.accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      recipient_type: 'group',
      to: group.id,
      type: 'text',
      text: { body: 'Hi' },
    }),
  }).then(async (response) => assert.equal(response.status, 200, await response.text()))
  await arrived()
  const { groups } = await costs('from=2027-01-05&to=2027-01-05&group_by=country')
  assert.deepEqual(
    groups.map(({ country, free_tier }) => [country, free_tier]),
    [
      ['HK', 1],
      ['US', 1],
    ],
  )
})

test('a free entry point ends when WhatsApp says, on its own beside the window', async () => {
  goTo('2027-02-01T09:00:00Z')
  const to = '16465550100'
  await sandbox.phone(to).says({
    type: 'text',
    text: { body: 'Hi' },
    referral: { source_type: 'ad', source_id: '1', source_url: 'https://fb.me/x' },
  })
  const shown = async () => {
    const { data } = await world.customer('GET', `/external/contacts/${to}/window`)
    const whole = (await world.customer('GET', `/external/contacts/${to}`)).data as { window: { free_until: number } }
    const { state, free_until } = data as { state: string; free_until: number | null }
    assert.equal(whole.window.free_until, free_until)
    return [state, free_until]
  }
  assert.deepEqual(await shown(), ['open', null])
  const id = await world.send({ to, type: 'text', text: 'Hello' })
  await arrived()
  const { data } = await world.customer('GET', `/external/messages/${id}`)
  const { expiration_timestamp: end } = (data as { conversation: { expiration_timestamp?: string } }).conversation
  // Only `sent` has the end, and `delivered` comes after it.
  assert.equal(end, undefined)
  const [state, until] = await shown()
  assert.equal(state, 'open')
  assert.ok(Math.abs(Number(until) - Date.parse('2027-02-08T09:00:00Z') / 1000) < 60, String(until))
  clock.step(2 * DAY)
  assert.deepEqual(await shown(), ['closed', until])
  await world.send(template(to, 'a_utility'))
  await arrived()
  const { total } = await costs('from=2027-02-01&to=2027-02-03')
  assert.deepEqual([total.free_entry_point, total.billable], [2, 0])
  clock.step(6 * DAY)
  assert.deepEqual(await shown(), ['closed', null])
})
