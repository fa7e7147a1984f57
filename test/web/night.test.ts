import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import type { ShownIncident } from '../../packages/gateway/src/domain/incidents/incident.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

/* An operator is woken: six things are wrong at once. Each is found from the overview in two clicks. */

const TO = '85268411234'
const LOOK_MS = 5_000

const clock = new ShiftedClock()
let world: World
let browser: Browser

before(async () => {
  buildPages()
  world = await startWorld({
    gateway: { clock, sandbox: { statusDelayMs: 1, clock }, incidents: { everyMs: LOOK_MS } },
  })
  world.receiver.anyTime = true
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const send = (body: object = { type: 'text', text: 'hello' }) =>
  world.customer('POST', '/external/messages/whatsapp', { to: TO, ...body })

/** Virtual time passes, look by look, until this kind is open. */
async function named(kind: string, meanwhile?: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < 60; n++) {
    await meanwhile?.()
    const open = (await world.admin('GET', '/admin/incidents')).data as ShownIncident[]
    if (open.some((one) => one.kind === kind)) return
    clock.advance(LOOK_MS)
    // The look is work of this process: it has turns of the event loop, however busy the machine is.
    await sleep(25)
  }
  assert.fail(`${kind} was not named`)
}

async function breakEverything(): Promise<void> {
  const { sandbox } = world
  const template = Object.values(sandbox.export().world.templates).find(({ name }) => name === 'test_button_reply_1')!
  assert.equal((await send({ type: 'template', template: { name: template.name } })).http, 200)
  sandbox.judge(template.id, { event: 'PAUSED' })
  await named('template_paused')
  await sandbox.tell({
    kind: 'phone_number_quality',
    values: { event: 'FLAGGED', max_daily_conversations_per_business: null },
  })
  await named('quality_fallen')
  world.receiver.behaviour = 500
  for (const number of DEMO.phones) for (let n = 0; n < 3; n++) await sandbox.phone(number).says('Where is my order?')
  await named('endpoint_failing')
  const throttle = sandbox.fault({ on: 'messages', code: 130429, times: null })
  await named('number_throttled', send)
  throttle.remove()
  sandbox.fault({ on: 'messages', code: 190, times: null })
  await named('token_rejected', send)
  await sandbox.tell({ kind: 'app_disconnected' })
  await named('number_disconnected')
}

/** From the overview: the first click shows all incidents, the second opens the place of one. */
const NIGHT: { title: string; button: string; there: (page: Page) => Promise<void> }[] = [
  {
    title: 'An endpoint does not take its events',
    button: 'Open endpoint',
    there: (page) =>
      page
        .getByText(/HTTP 500|500 · /)
        .first()
        .waitFor(),
  },
  {
    title: 'WhatsApp rejects an access token',
    button: 'Replace the token',
    there: (page) =>
      page
        .getByLabel(/^Access token|^New access token/)
        .first()
        .waitFor(),
  },
  {
    title: 'WhatsApp slows a number down',
    button: 'Change the rate limit',
    there: (page) => page.getByLabel('Rate limit, in messages per second').waitFor(),
  },
  {
    title: 'The quality of a number fell',
    button: 'Open channel',
    there: (page) => page.getByText('Messaging limit').first().waitFor(),
  },
  {
    title: 'A number is disconnected',
    button: 'Open channel',
    there: (page) => page.getByRole('heading', { name: 'Health' }).waitFor(),
  },
  {
    title: 'WhatsApp paused a template',
    button: 'Open templates',
    there: (page) => page.getByText('PAUSED').first().waitFor(),
  },
]

test('the operator’s night: six incidents, each found from the overview in two clicks', async () => {
  await breakEverything()
  const open = (await world.admin('GET', '/admin/incidents')).data as ShownIncident[]
  const page = await browser.open(world.gateway.url)
  for (const { title, button, there } of NIGHT) {
    await page.goto(`${world.gateway.url}/#/`)
    const verdict = page.getByRole('region', { name: 'Open incidents' })
    await verdict.getByRole('button', { name: `Show all ${open.length}` }).click()
    const row = verdict.getByRole('listitem').filter({ has: page.getByText(title, { exact: true }) })
    if (title === NIGHT[0]!.title) await shot(page, 'night')
    await row.getByRole('link', { name: button }).click()
    await there(page)
  }
  // A message that the token made fail names the channel, and leads to the token's field.
  const { data } = await world.admin('GET', '/admin/messages/search?error=190')
  await page.goto(`${world.gateway.url}/#/messages/${(data as unknown as { reference: string }[])[0]!.reference}`)
  await page.getByRole('link', { name: /· Replace the token$/ }).click()
  await page.locator('#access_token:focus').waitFor()
  // The header of every page says how many are open.
  await page.getByRole('banner').getByText(`${open.length} open incidents`).waitFor()
  assert.deepEqual(page.wrongs, [])
})
