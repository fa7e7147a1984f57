import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import type { Kind, ShownIncident } from '../../packages/gateway/src/domain/incidents/incident.ts'
import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import { post, text, WABA, webhook } from '../support/meta.ts'
import { startWorld, type World } from '../support/world.ts'

/* Faults are injected into a running gateway: each must be named within its time, and closed by evidence. */

const TO = '85268411234'
const SEND = '/external/messages/whatsapp'
const LOOK_MS = 5_000

const clock = new ShiftedClock()
let world: World
/** Set: every write and ping of the store is refused with these words. */
let storeSays: string | undefined

before(async () => {
  world = await startWorld({
    gateway: {
      clock,
      sandbox: { statusDelayMs: 1, clock },
      incidents: { everyMs: LOOK_MS },
      async openStore(config, its, log) {
        const store = await openStore(config, its, log)
        const ping = store.ping.bind(store)
        const apply = store.applyFacts.bind(store)
        const refuse = () => (storeSays === undefined ? undefined : Promise.reject(new StoreUnavailable(storeSays)))
        return Object.assign(store, {
          ping: () => refuse() ?? ping(),
          applyFacts: (...given: Parameters<typeof apply>) => refuse() ?? apply(...given),
        })
      },
    },
  })
  world.receiver.anyTime = true
})
after(() => world.stop())

const open = async (): Promise<ShownIncident[]> => (await world.admin('GET', '/admin/incidents')).data
const send = (to = TO) => world.customer('POST', SEND, { to, type: 'text', text: 'hello' })

/** What the incident table shows: how it was provoked, after how long it was named, and what it said. */
const table: string[] = []

/** Virtual time passes, look by look, until it is so. Returns the seconds that passed. */
async function passes(until: () => Promise<boolean>, seconds: number, what: string): Promise<number> {
  const from = clock.now()
  for (let n = 0; n <= seconds / 5 + 2; n++) {
    if (await until()) return Math.round((clock.now() - from) / 1000)
    clock.advance(LOOK_MS)
    // The look is work of this process: it has turns of the event loop, however busy the machine is.
    await sleep(25)
  }
  assert.fail(`${what}: not within ${seconds} s; open are ${JSON.stringify(await open())}`)
}

async function named(kind: Kind, seconds: number, meanwhile?: () => Promise<unknown>): Promise<ShownIncident> {
  let found: ShownIncident | undefined
  const took = await passes(
    async () => {
      await meanwhile?.()
      found = (await open()).find((one) => one.kind === kind)
      return found !== undefined
    },
    seconds,
    kind,
  )
  assert.ok(took <= seconds, `${kind} was named after ${took} s, within ${seconds}`)
  const { what, advice, links, since, severity } = found!
  table.push(`| ${kind} | ${took} s | ${severity} | ${what} |`)
  assert.ok(advice.length > 20 && links.length > 0 && since <= clock.now() / 1000 + 1)
  return found!
}

const gone = (kind: Kind, seconds: number, meanwhile?: () => Promise<unknown>): Promise<number> =>
  passes(
    async () => {
      await meanwhile?.()
      return !(await open()).some((one) => one.kind === kind)
    },
    seconds,
    `the end of ${kind}`,
  )

test('a gateway on which nothing is wrong has no incidents', async () => {
  assert.equal((await send()).http, 200)
  // Its callbacks are acknowledged before the next test makes the endpoint fail.
  await world.receiver.gets({ message_status: 'delivered' }, 30_000)
  await passes(async () => clock.monotonic() > 0 && (await open()).length === 0, 10, 'no incident')
  assert.deepEqual(await (await fetch(`${world.gateway.url}/readyz`)).json(), { status: 'ready', store: 'sqlite' })
})

test('1, 2: an endpoint that fails, and events that wait for it', async () => {
  world.receiver.behaviour = 500
  for (let n = 0; n < 6; n++) await post(world, webhook(text(`1650555000${n}`, `wamid.in.${n}`, 'hi', clock.now())))
  const failing = await named('endpoint_failing', 120)
  assert.match(failing.what, /Last answer: HTTP 500\. 6 events wait/)
  assert.equal(failing.channel_id, 1)
  assert.match(failing.endpoint_id!, /^ep_/)
  await named('events_waiting', 700)
  const metrics = await (await fetch(`${world.gateway.url}/metrics`)).text()
  assert.match(
    metrics,
    new RegExp(`postern_incident\\{kind="endpoint_failing",channel="1",endpoint="${failing.endpoint_id}"\\} 1`),
  )
  const ready = (await (await fetch(`${world.gateway.url}/readyz`)).json()) as { incidents: ShownIncident[] }
  assert.deepEqual(
    ready.incidents.find(({ kind }) => kind === 'endpoint_failing'),
    { kind: 'endpoint_failing', severity: 'critical', since: failing.since },
    'it fails for minutes by now; and anybody may ask, so it names no channel and no endpoint',
  )
  world.receiver.behaviour = 200
  await gone('endpoint_failing', 900)
  await gone('events_waiting', 900)
  const past = (await world.admin('GET', '/admin/incidents?state=closed')).data as ShownIncident[]
  const closed = past.find(({ id }) => id === failing.id)!
  assert.ok(closed.until! >= closed.since)
})

test('3: a token that WhatsApp rejects', async () => {
  const fault = world.sandbox.fault({ on: 'messages', code: 190, times: null })
  await send()
  const { what, severity } = await named('token_rejected', 20)
  assert.match(what, /code 190/)
  assert.equal(severity, 'critical')
  fault.remove()
  await gone('token_rejected', 40, send)
})

test('4: a number that WhatsApp throttles, with its present rate', async () => {
  const fault = world.sandbox.fault({ on: 'messages', code: 130429, times: null })
  const { what } = await named('number_throttled', 60, send)
  assert.match(what, /sends [\d.]+ messages a second instead of 80/)
  fault.remove()
  await gone('number_throttled', 300)
})

test('5, 6: quality and limit fall', async () => {
  await world.sandbox.tell({
    kind: 'business_capability',
    values: { max_daily_conversations_per_business: 'TIER_10K' },
  })
  await world.sandbox.tell({ kind: 'phone_number_quality', values: { event: 'FLAGGED', max_daily_conversations_per_business: null } }) // prettier-ignore
  await named('quality_fallen', 15)
  await world.sandbox.tell({ kind: 'business_capability', values: { max_daily_conversations_per_business: 'TIER_2K' } })
  assert.match((await named('limit_fallen', 15)).what, /from 10000 to 2000/)
  await world.sandbox.tell({ kind: 'phone_number_quality', values: { event: 'UNFLAGGED', max_daily_conversations_per_business: null } }) // prettier-ignore
  await world.sandbox.tell({
    kind: 'business_capability',
    values: { max_daily_conversations_per_business: 'TIER_10K' },
  })
  await gone('quality_fallen', 120)
  await gone('limit_fallen', 120)
})

test('7: a number that was disconnected', async () => {
  await world.sandbox.tell({ kind: 'app_disconnected' })
  assert.match((await named('number_disconnected', 15)).what, /PARTNER_REMOVED/)
  await world.sandbox.tell({ kind: 'account_reconnected' })
  await gone('number_disconnected', 120)
})

test('8: a template that is paused after it was used', async () => {
  const template = Object.values(world.sandbox.export().world.templates).find(
    ({ name }) => name === 'test_button_reply_1',
  )!
  const { name } = template
  assert.equal((await world.customer('POST', SEND, { to: TO, type: 'template', template: { name } })).http, 200)
  world.sandbox.judge(template.id, { event: 'PAUSED' })
  await world.receiver.gets({ event: 'template_status_update' })
  assert.match((await named('template_paused', 60)).what, new RegExp(template.name))
  world.sandbox.judge(template.id, { event: 'APPROVED' })
  await gone('template_paused', 180)
})

test('9: webhooks that do not come', async () => {
  const fault = world.sandbox.fault({ on: 'statuses', skip: ['sent', 'delivered', 'read'], times: null })
  for (let n = 0; n < 22; n++) await send(n % 2 === 0 ? TO : '16505551234')
  const { what } = await named('webhooks_silent', 600)
  assert.match(what, /accepted the last 20 messages/)
  fault.remove()
  for (let n = 0; n < 4; n++) await send()
  await gone('webhooks_silent', 700)
})

test('10: an app that is not subscribed', async () => {
  const path = `${world.sandbox.url}/v25.0/${WABA}/subscribed_apps`
  const headers = { authorization: 'Bearer sandbox-token' }
  assert.equal((await fetch(path, { method: 'DELETE', headers })).status, 200)
  await named('app_unsubscribed', 330)
  assert.equal((await fetch(path, { method: 'POST', headers })).status, 200)
  await gone('app_unsubscribed', 120)
})

test('11: sends of unknown outcome', async () => {
  const silent = world.sandbox.fault({ on: 'statuses', skip: ['sent', 'delivered', 'read'], times: null })
  world.sandbox.fault({ on: 'messages', drop: 'after' })
  assert.equal((await send()).http, 504)
  assert.match((await named('unknown_outcomes', 700)).what, /accepted 1 messages/)
  silent.remove()
})

test('12: WhatsApp fails', async () => {
  const fault = world.sandbox.fault({ on: 'graph', code: 131000, times: null })
  await named('meta_failing', 60, send)
  fault.remove()
  await gone('meta_failing', 300, send)
})

test('13, 14: a store that refuses writes is named without it, each with its own advice', async () => {
  storeSays = 'SQLite: database or disk is full'
  assert.match((await named('store_full', 30)).advice, /Free space/)
  const ready = (await (await fetch(`${world.gateway.url}/readyz`)).json()) as { incidents: ShownIncident[] }
  assert.equal(ready.incidents[0]?.kind, 'store_full')
  storeSays = 'SQLite: attempt to write a readonly database'
  assert.match((await named('store_read_only', 30)).advice, /dmesg/)
  storeSays = undefined
  await gone('store_read_only', 60)
  await gone('store_full', 60)
  const past = (await world.admin('GET', '/admin/incidents?state=closed')).data as ShownIncident[]
  assert.ok(
    past.some(({ kind }) => kind === 'store_full'),
    'it is kept when the store is back',
  )
})

test('15: a clock that was set', async () => {
  clock.step(600_000)
  assert.match((await named('clock_step', 15)).what, /set ahead by 600 s/)
  clock.step(-600_000)
})

test('16: a field of WhatsApp’s that was never seen', async () => {
  await world.sandbox.tell({ field: 'brand_new_field', value: { anything: 1 } } as never)
  assert.match((await named('unknown_field', 15)).what, /brand_new_field/)
})

test('what was named, for the docs', (t) => {
  assert.ok(table.length >= 12)
  for (const row of table) t.diagnostic(row)
})
