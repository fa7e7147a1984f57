import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { startWorld, type World } from '../support/world.ts'

const FIRST = 15_550_700_000
const HOUR_MS = 3_600_000
const TEMPLATE = { type: 'template', template: { name: 'test_button_reply_1' } }
const CODE = {
  type: 'button',
  sub_type: 'copy_code',
  index: '0',
  parameters: [{ type: 'coupon_code', coupon_code: 'A10' }],
}
const MARKETING = { type: 'template', template: { name: 'test_button_code_1', components: [CODE] } }

type Shown = {
  id: string
  state: string
  reason: { reason: string; rule?: string; limit?: unknown; actual?: unknown } | null
  counts: Record<string, number>
  progress: { rate: number; allowed: number; slowed_by: string | null; quiet_until: number | null } | null
  cost: { amount: string; currency: string } | null
  failed_by_code: { code: number | null; reason: string; recipients: number }[]
  retry_of: string | null
  left_out?: { reason: string; recipients: number }[]
}

const folder = mkdtempSync(join(tmpdir(), 'postern-rates-'))
const rates = join(folder, 'rates.csv')
writeFileSync(
  rates,
  `valid_from,market,countries,category,tier,currency,price
2026-01-01,North America,US CA,marketing,,EUR,0.02
2026-01-01,North America,,utility,,EUR,0.01
`,
)

let world: World
const clock = new ShiftedClock()
before(async () => {
  world = await startWorld({ webhook: false, gateway: { clock }, env: { RATE_CARD_FILE: rates } })
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })
})
after(async () => {
  await world.stop()
  rmSync(folder, { recursive: true })
})

/** The sandbox has a clock of its own. */
function pass(ms: number): void {
  world.sandbox.clock.advance(ms)
  clock.advance(ms)
}

let used = 0
const people = (count: number): string[] => Array.from({ length: count }, () => String(FIRST + used++))
const gotBy = (phone: string): number =>
  world.sandbox
    .phone(phone)
    .messages()
    .filter((message) => message.direction === 'out').length

/** On a busy machine, the answer says to send the same request again. */
const call: World['customer'] = async (...given) => {
  for (;;) {
    const answer = await world.customer(...given)
    if ((answer.error as { reason?: string } | undefined)?.reason !== 'overloaded') return answer
    await sleep(200)
  }
}

async function made(recipients: string[], more: object = {}, message: object = TEMPLATE): Promise<string> {
  const answer = await call('POST', '/external/broadcasts', { message, recipients, ...more })
  assert.equal(answer.http, 201, JSON.stringify(answer))
  return (answer.data as Shown).id
}

/** A broadcast with rules, as if it had been made with them. */
async function withRules(recipients: string[], rules: Record<string, unknown>, message?: object): Promise<string> {
  const id = await made(recipients, { start: false }, message)
  for (const [column, value] of Object.entries(rules))
    await world.gateway.store.sql.run(`update broadcasts set ${column} = $1 where id = $2`, [
      typeof value === 'number' ? value : JSON.stringify(value),
      id,
    ])
  return id
}

/** WhatsApp judges the number, and tells so. */
async function judge(quality: 'GREEN' | 'YELLOW' | 'RED'): Promise<void> {
  await world.sandbox.judgeNumber({ quality })
  assert.equal((await world.admin('POST', '/admin/channels/1/check')).http, 200)
}

const ask = (id: string, verb: string) => call('POST', `/external/broadcasts/${id}/${verb}`)
const look = async (id: string): Promise<Shown> => (await call('GET', `/external/broadcasts/${id}`)).data

async function until(id: string, fact: (shown: Shown) => boolean): Promise<Shown> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const shown = await look(id)
    if (fact(shown)) return shown
    if (Date.now() > deadline) throw new Error(`waited in vain: ${JSON.stringify(shown)}`)
    await sleep(30)
  }
}
const is = (state: string) => (shown: Shown) => shown.state === state

test('stop_when: a share of failures stops the broadcast; after resume, only what comes then is judged', async () => {
  const all = people(200)
  const broken = world.sandbox.fault({ on: 'messages', code: 131008, times: null })
  const id = await withRules(all, { stop_when: { failed_share: 0.2 } })
  await ask(id, 'resume')
  const stopped = await until(id, is('stopped'))
  const { reason, rule, limit, actual } = stopped.reason!
  assert.deepEqual([reason, rule, limit, actual], ['stopped_by_rule', 'failed_share', 0.2, 1])
  assert(stopped.counts.failed! >= 10 && stopped.counts.failed! < 100, JSON.stringify(stopped.counts))
  broken.remove()
  await ask(id, 'resume')
  const done = await until(id, is('done'))
  assert.equal(done.counts.accepted! + done.counts.failed!, 200)
})

test('stop_when: messages that fail later count; their codes are told, and their answers too', async () => {
  const all = people(300)
  world.sandbox.fault({ on: 'statuses', code: 131049, as: 'status', times: 20 })
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 60 })
  const id = await withRules(all, { stop_when: { failed: 15 } })
  await ask(id, 'resume')
  const stopped = await until(id, is('stopped'))
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })
  assert.deepEqual([stopped.reason!.rule, stopped.reason!.limit], ['failed', 15])
  assert.equal(stopped.counts.failed, 0)
  assert.deepEqual(
    stopped.failed_by_code.map(({ code, reason }) => [code, reason]),
    [[131049, 'undelivered']],
  )
  await ask(id, 'cancel')
  await world.sandbox.settled()
  const { counts } = await until(id, ({ counts }) => counts.delivered! + counts.undelivered! === counts.accepted!)
  assert.equal(counts.undelivered, 20)
  const [last] = all.filter((phone) => gotBy(phone) === 1).slice(-1)
  await world.sandbox.phone(last!).says('thank you')
  await until(id, (shown) => shown.counts.answered === 1)
  // WhatsApp asks to wait a day before such a person gets marketing again.
  const refused = await ask(id, 'retry-failed')
  assert.deepEqual([refused.http, (refused.error as { reason?: string }).reason], [409, 'conflict'])
  assert.match(refused.message, /20 marketing_limited/)
})

test('stop_when: the cost by the rate card stops the broadcast, and the cost is told', async () => {
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 40 })
  const id = await withRules(people(100), { stop_when: { spend: 0.3 } }, MARKETING)
  await ask(id, 'resume')
  const stopped = await until(id, is('stopped'))
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })
  assert.deepEqual([stopped.reason!.rule, stopped.reason!.limit], ['spend', 0.3])
  assert(stopped.counts.accepted! >= 15 && stopped.counts.accepted! < 60, JSON.stringify(stopped.counts))
  await world.sandbox.settled()
  const amount = (stopped.counts.accepted! * 0.02).toFixed(2)
  const told = await until(id, ({ cost }) => cost?.amount === amount)
  assert.equal(told.cost!.currency, 'EUR')
})

test('a throttle and a worse quality slow the broadcast down; stop_when ends it at a quality', async () => {
  const id = await withRules(people(2_000), { stop_when: { quality: 'RED' } })
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 100 })
  await ask(id, 'resume')
  const free = await until(id, ({ progress }) => progress !== null && progress.rate > 20)
  assert.deepEqual([free.progress!.allowed, free.progress!.slowed_by], [100, null])
  world.sandbox.fault({ on: 'messages', code: 130429, times: 1 })
  const slower = await until(id, ({ progress }) => progress?.slowed_by === 'throttled')
  assert(slower.progress!.allowed < 60, JSON.stringify(slower.progress))
  await judge('YELLOW')
  await until(id, ({ progress }) => progress !== null && progress.allowed <= 50)
  await judge('RED')
  const stopped = await until(id, is('stopped'))
  assert.deepEqual([stopped.reason!.rule, stopped.reason!.actual], ['quality', 'RED'])
  await ask(id, 'cancel')
  await judge('GREEN')
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })
})

test('those who failed become a draft, without those who must not get it again', async () => {
  const [fine, broken, absent, lost, late] = people(5) as [string, string, string, string, string]
  world.sandbox.fault({ on: 'messages', code: 131008, match: { to: broken } })
  world.sandbox.fault({ on: 'messages', code: 131026, as: 'answer', match: { to: absent } })
  world.sandbox.fault({ on: 'statuses', code: 131000, as: 'status', match: { to: late } })
  world.sandbox.fault({ on: 'messages', drop: 'before', match: { to: lost } })
  world.sandbox.fault({ on: 'messages', latencyMs: 200, drop: 'before', match: { to: lost } })
  const id = await made([fine, broken, absent, lost, late], { name: 'News' })
  const done = await until(id, (shown) => shown.state === 'done' && shown.counts.undelivered === 1)
  const answer = await ask(id, 'retry-failed')
  assert.equal(answer.http, 201, JSON.stringify(answer))
  const draft = answer.data as Shown
  assert.deepEqual([draft.state, draft.retry_of, draft.counts.total], ['draft', id, 2])
  assert.deepEqual(draft.left_out!.map(({ reason, recipients }) => [reason, recipients]).sort(), [
    ['not_on_whatsapp', 1],
    ...(done.counts.unknown === 1 ? [['unknown', 1]] : []),
  ])
  assert.equal(((await ask(id, 'retry-failed')).data as Shown).id, draft.id, 'as long as it is a draft')
  const rows = (await call('GET', `/external/broadcasts/${draft.id}/recipients`)).data as {
    recipient: string
  }[]
  assert.deepEqual(rows.map(({ recipient }) => recipient).sort(), [broken, late].sort())
  await world.gateway.store.sql.run(`update broadcasts set state = 'paused' where id = $1`, [draft.id])
  await ask(draft.id, 'resume')
  await until(draft.id, (shown) => shown.state === 'done' && shown.counts.accepted === 2)
  assert.equal((await ask(id, 'retry-failed')).http, 409, 'they were tried again')
  assert.deepEqual([gotBy(fine), gotBy(absent)], [1, 0])
})

test('a scheduled broadcast starts at its time, also when the clock was set', async () => {
  const all = people(3)
  const at = clock.now() + HOUR_MS
  const id = await withRules(all, { send_at: at })
  await world.gateway.store.sql.run(`update broadcasts set state = 'scheduled' where id = $1`, [id])
  pass(HOUR_MS - 60_000)
  await sleep(100)
  assert.equal((await look(id)).state, 'scheduled')
  assert.equal(gotBy(all[0]!), 0)
  pass(60_000)
  await until(id, is('done'))
  pass(-2 * HOUR_MS)
  pass(2 * HOUR_MS)
  for (const phone of all) assert.equal(gotBy(phone), 1)
})

test('quiet hours hold back those whose night it is; the others get it now, and those get it in their morning', async () => {
  const [us] = people(1) as [string]
  const hongKong = '85260000001'
  const now = clock.now()
  // Quiet in Hong Kong for the next hour. In North America it is between 11 and 18 hours earlier.
  const local = (ms: number): string => new Date(ms + 8 * HOUR_MS).toISOString().slice(11, 16)
  const quiet = { from: local(now - 600_000), to: local(now + HOUR_MS) }
  const id = await withRules([hongKong, us], { quiet_hours: quiet }, MARKETING)
  await ask(id, 'resume')
  const waits = await until(id, ({ progress }) => typeof progress?.quiet_until === 'number')
  assert.deepEqual([waits.counts.accepted, waits.counts.waiting, waits.state], [1, 1, 'running'])
  assert.deepEqual([gotBy(us), gotBy(hongKong)], [1, 0])
  assert(Math.abs(waits.progress!.quiet_until! - (now + HOUR_MS) / 1000) <= 60)
  const utility = await withRules([hongKong], { quiet_hours: quiet })
  await ask(utility, 'resume')
  await until(utility, is('done'))
  assert.equal(gotBy(hongKong), 1, 'quiet hours are for marketing')
  pass(HOUR_MS + 60_000)
  await until(id, is('done'))
  assert.deepEqual([gotBy(us), gotBy(hongKong)], [1, 2])
})

test('however many are held, no more than two pages are taken at once', async () => {
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1 })
  const now = clock.now()
  const local = (ms: number): string => new Date(ms + 8 * HOUR_MS).toISOString().slice(11, 16)
  const quiet = { from: local(now - 600_000), to: local(now + HOUR_MS) }
  // The first pages are held, and those behind them may go.
  const held = Array.from({ length: 150 }, (_, i) => String(85260500000 + i))
  const id = await withRules([...held, ...people(600)], { quiet_hours: quiet }, MARKETING)
  const states = async () =>
    new Map(
      (
        await world.gateway.store.sql.all<{ state: string; n: number }>(
          'select state, count(*) as n from broadcast_recipients where broadcast_id = $1 group by state',
          [id],
        )
      ).map(({ state, n }) => [state, Number(n)]),
    )
  await ask(id, 'resume')
  await until(id, ({ counts }) => counts.accepted! > 0)
  const found = await states()
  assert.equal(found.get('held'), 150)
  assert.ok(found.get('sending')! <= 128, `${found.get('sending')} are taken`)
  await world.customer('POST', `/external/broadcasts/${id}/cancel`)
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })
})
