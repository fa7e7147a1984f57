import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { firstMessageIdAt } from '../../packages/gateway/src/platform/ids.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

const NUMBER = '85268411234'

let world: World
let browser: Browser

before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

type Shown = Page & { wrongs: string[] }
const answer = (data: unknown) => ({ json: { status: 'success', code: 0, message: '', data, error: {} } })

/** The overview with other answers to some requests. */
async function openWith(answers: Record<string, (data: never) => unknown>): Promise<Shown> {
  const page = await browser.open('about:blank')
  for (const [path, change] of Object.entries(answers))
    await page.route(
      (url) => url.pathname === path,
      async (route) => {
        const response = await route.fetch()
        await route.fulfill(answer(change(((await response.json()) as { data: never }).data)))
      },
    )
  await page.goto(`${world.gateway.url}/#/`)
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  return page
}

const incident = (kind: string, severity: string, more: object = {}) => ({
  ...{ id: `inc_${kind}`, kind, severity, since: 1_795_690_990, count: 6 },
  ...{ what: `What ${kind} is.`, advice: 'What to do.', links: [], ...more },
})

test('the first run lists six steps, and is over with the first message', async () => {
  const page = await openWith({})
  const steps = page.getByRole('region', { name: 'First steps' })
  await steps.getByText('Go live').waitFor()
  assert.deepEqual(await steps.locator('li strong').allInnerTexts(), [
    'Watch',
    'Send',
    'See',
    'Hear',
    'Verify',
    'Go live',
  ])
  await steps.getByRole('link', { name: 'Verify a signature' }).click()
  await page.getByRole('dialog').getByLabel('webhook-id').waitFor()
  await page.goto(`${world.gateway.url}/#/`)
  await steps.waitFor()
  await shot(page, 'first-run')
  await world.sandbox.phone(NUMBER).says('Hello')
  await steps.waitFor({ state: 'detached' })
  await page.locator('.figures').getByText('Received').waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('a period without messages is no first run, and a full disk is an incident', async () => {
  const none = { received: 0, sent: 0, delivered: 0, read: 0, failed: 0, refused: 0 }
  const page = await openWith({
    '/admin/stats/activity': (data: { hours: object[] }) => ({
      ...data,
      hours: data.hours.map((hour) => ({ ...hour, ...none })),
      total: none,
    }),
    '/admin/incidents': () => [incident('store_full', 'critical')],
  })
  await page.getByText('No messages in this period.').waitFor()
  assert.equal(await page.getByRole('region', { name: 'First steps' }).count(), 0)
  await page.getByRole('heading', { name: 'The disk is full' }).waitFor()
  const asked = page.waitForRequest((request) => request.url().includes('/admin/incidents'))
  await page.getByRole('button', { name: 'Check again' }).click()
  await asked
  await page.close()
})

test('each number is the API’s, and leads to a list with the same count', async () => {
  const { sandbox, receiver } = world
  const phone = sandbox.phone(NUMBER)
  const read = await world.send({ to: NUMBER, type: 'text', text: 'will be read' })
  await phone.sees('will be read')
  phone.reads()
  await receiver.gets({ event: 'message_status_update', message_id: read, message_status: 'read' })
  sandbox.fault({ on: 'statuses', code: 131026 })
  const lost = await world.send({ to: NUMBER, type: 'text', text: 'fails later' })
  await receiver.gets({ event: 'message_status_update', message_id: lost, message_status: 'failed' })
  sandbox.fault({ on: 'messages', code: 131009 })
  const refused = await world.customer('POST', '/external/messages/whatsapp', {
    to: NUMBER,
    type: 'text',
    text: 'refused at once',
  })
  assert.equal(refused.status, 'error')
  await sandbox.settled()
  const { data } = await world.admin('GET', '/admin/stats/activity?hours=24')
  const { total } = data as { total: Record<string, number> }
  assert.equal(total.refused, 1)
  assert.equal(total.failed, 2)
  const shown = [
    ['Sent', total.sent],
    ['Delivered', total.delivered],
    ['Read', total.read],
    ['Failed', total.failed],
    ['Received', total.received],
  ] as const
  for (const [label, count] of shown) {
    assert.ok(count! > 0, label)
    const page = await openWith({})
    const card = page.locator('.figures .card').filter({ hasText: label })
    await card.locator('.card-figure').getByText(String(count), { exact: true }).waitFor()
    await card.click()
    await page.getByRole('heading', { name: 'Messages' }).waitFor()
    await page
      .getByRole('status')
      .getByText(new RegExp(`^${count === 1 ? '1 message' : `${count} messages`} · times in `))
      .waitFor()
    assert.equal(await page.getByRole('listitem').count(), count, label)
    await page.close()
  }
  const page = await openWith({})
  const code = page.getByRole('region', { name: 'Failures by code' }).getByRole('row', { name: /131026/ })
  await code.getByRole('link').click()
  await page
    .getByRole('status')
    .getByText(/^1 message · /)
    .waitFor()
  await page.close()
})

test('all is well when nothing is wrong, on every page, and the chosen period stays in the address', async () => {
  const page = await openWith({ '/admin/incidents': () => [] })
  await page.getByRole('heading', { name: 'All is well' }).waitFor()
  await page.getByText('7 days', { exact: true }).click()
  await page.getByRole('link', { name: 'Messages', exact: true }).click()
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  await page.getByRole('banner').getByRole('link', { name: 'All is well' }).waitFor()
  await page.goBack()
  await page.getByRole('radio', { name: '7 days' }).waitFor({ state: 'attached' })
  assert.equal(await page.getByRole('radio', { name: '7 days' }).isChecked(), true)
  await page.getByRole('table').first().waitFor({ state: 'attached' })
  await shot(page, 'all-is-well')
  assert.deepEqual(await violationsOf(page), [])
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('the worst three incidents stand first, each with a button to its place, and the header counts all', async () => {
  const { data } = await world.admin('GET', '/admin/channels/1/endpoints')
  const [endpoint] = data as unknown as { endpoint_id: string }[]
  const next = Math.floor(Date.now() / 1000) + 600
  const page = await openWith({
    '/admin/incidents': () => [
      incident('token_rejected', 'critical', { channel_id: 1 }),
      incident('endpoint_failing', 'warning', { channel_id: 1, endpoint_id: endpoint!.endpoint_id }),
      incident('number_throttled', 'warning', { channel_id: 1 }),
      incident('template_paused', 'info', { channel_id: 1 }),
    ],
    '/admin/channels/1/endpoints': (endpoints: object[]) =>
      endpoints.map((one) => ({ ...one, state: 'resting', next_attempt_at: next })),
    '/admin/stats': (stats: { pace: object }) => ({
      ...stats,
      pace: {
        ...stats.pace,
        numbers: [{ channel_id: 1, messages_per_second: 80, now_per_second: 6.44, waiting: 3, code: 130429 }],
      },
    }),
  })
  const verdict = page.getByRole('region', { name: 'Open incidents' })
  await verdict.getByRole('heading', { name: 'WhatsApp rejects an access token, and 3 more' }).waitFor()
  assert.equal(await verdict.getByRole('listitem').count(), 3)
  await page.getByRole('banner').getByRole('link', { name: '4 open incidents' }).waitFor()
  const failing = verdict.getByRole('listitem').filter({ hasText: 'An endpoint does not take its events' })
  await failing.getByText('6 waiting').waitFor()
  await failing.getByText('Next attempt').waitFor()
  await verdict.getByRole('button', { name: 'Show all 4' }).click()
  await verdict.getByRole('link', { name: 'Open templates' }).waitFor()

  // The number’s present rate and its token, not what is set.
  const row = page.getByRole('region', { name: 'Numbers' }).getByRole('row').last()
  await row.getByText('6.44/s').waitFor()
  await row.getByText('of 80/s · 130429').waitFor()
  await row.getByText('rejected').waitFor()
  await shot(page, 'incidents')
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await shot(page, 'incidents-narrow-dark')
  const wide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
  // The chart takes its new width with the next frame.
  for (let i = 0; i < 50 && (await page.evaluate(wide)) !== 0; i++) await page.waitForTimeout(20)
  assert.equal(await page.evaluate(wide), 0, 'nothing is wider than the page')
  assert.deepEqual(await violationsOf(page), [])
  await page.setViewportSize({ width: 1024, height: 768 })
  await shot(page, 'incidents-middle-dark')
  assert.deepEqual(await violationsOf(page), [])

  await failing.getByRole('link', { name: 'Open endpoint' }).click()
  await page.locator('article:focus').waitFor()
  await page.goBack()
  await verdict.getByRole('link', { name: 'Change the rate limit' }).click()
  await page.locator('#messages_per_second:focus').waitFor()
  await page.goBack()
  await verdict.getByRole('link', { name: 'Replace the token' }).click()
  await page.locator('#access_token:focus').waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

const HOUR = 3600
type Total = Record<'sent' | 'delivered' | 'read' | 'failed' | 'received', number>

/** An hour that no test counted before: the gateway keeps counts of old hours. */
const BEGIN = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 240 * HOUR
let stored = 0
/** Messages of an hour after `BEGIN`, as they would be stored. */
async function past(hour: number, direction: 'in' | 'out', status: string, n: number): Promise<void> {
  const { sql } = world.gateway.store
  const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${NUMBER}`)
  const [contact] = (data as { conversations: { contact_id: number }[] }).conversations
  for (let i = 0; i < n; i++) {
    const at = (BEGIN + hour * HOUR) * 1000 + stored++
    const error = status === 'failed' ? `'{"code":131026,"title":"undeliverable"}'` : 'null'
    const id = firstMessageIdAt(at)
    await sql.run(
      `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at, wamid, error, failed_at) values
       (1, '${id}', ${contact!.contact_id}, '${direction}', 'text', '${status}', '{"type":"text","text":{"body":"past"}}', ${at}, 'wamid.${id}', ${error}, ${status === 'failed' ? at : 'null'})`,
    )
  }
}

/** The figures of the page. */
const figuresOf = async (page: Page): Promise<number[]> =>
  (await page.locator('.figures .card-figure').allInnerTexts()).map(Number)
const inOrder = ({ sent, delivered, read, failed, received }: Total): number[] => [
  sent,
  delivered,
  read,
  failed,
  received,
]

async function until(what: string, fact: () => Promise<boolean>): Promise<void> {
  for (let i = 0; !(await fact()); i++) {
    assert.ok(i < 200, what)
    await new Promise((done) => setTimeout(done, 50))
  }
}

test('a drag over the chart shows that span: its numbers, its links and the address', async () => {
  await past(1, 'out', 'read', 3)
  await past(1, 'in', 'received', 2)
  await past(2, 'out', 'failed', 2)
  await past(3, 'out', 'delivered', 4)
  const total = async (query: string): Promise<Total> =>
    ((await world.admin('GET', `/admin/stats/activity?${query}`)).data as { total: Total }).total
  const whole = `period=6h&from=${BEGIN}&to=${BEGIN + 6 * HOUR}`
  const page = await browser.open(`${world.gateway.url}/#/?${whole}`)
  const brush = page.locator('.chart-brush')
  await brush.waitFor({ state: 'attached' })
  await brush.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await brush.boundingBox())!
  const placeOf = (hour: number): number => x + (width * hour) / 5
  await page.mouse.move(placeOf(1), y + height / 2)
  await page.mouse.down()
  await page.mouse.move(placeOf(1.6), y + height / 2)
  await page.mouse.move(placeOf(2), y + height / 2)
  await page
    .getByRole('status')
    .getByText(/5 sent, 2 received, 2 failed$/)
    .waitFor()
  await shot(page, 'brush')
  await page.mouse.up()
  await page.waitForURL((url) => !url.hash.includes(whole))
  const params = new URLSearchParams(page.url().split('?')[1])
  const span = `from=${params.get('from')}&to=${params.get('to')}`
  assert.equal(Number(params.get('to')) - Number(params.get('from')), 2 * HOUR)
  const expected = inOrder(await total(span))
  assert.deepEqual(expected, [5, 3, 3, 2, 2])
  await until('the figures are of the span', async () => String(await figuresOf(page)) === String(expected))
  await page.getByText('are of this span').waitFor()
  await shot(page, 'span')
  assert.deepEqual(await violationsOf(page), [])

  // Each figure, and the code, lead to lists with the same messages.
  const there = page.url()
  for (const [label, count] of [
    ['Sent', 5],
    ['Read', 3],
    ['Failed', 2],
    ['Received', 2],
    ['131026', 2],
  ] as const) {
    await page.goto(there)
    await until('the figures are of the span', async () => String(await figuresOf(page)) === String(expected))
    if (label === '131026') await page.getByRole('link', { name: label }).click()
    else await page.locator('.figures .card').filter({ hasText: label }).first().click()
    await page.getByRole('status').getByText(`${count} messages · times in`).waitFor()
    assert.notEqual(await page.getByLabel('Until', { exact: true }).inputValue(), '', label)
  }

  // By keyboard: the last two hours of the span, then the way back.
  await page.goto(there)
  await until('the figures are of the span', async () => String(await figuresOf(page)) === String(expected))
  await page.locator('.chart').focus()
  await page.keyboard.press('ArrowLeft')
  await page
    .getByRole('status')
    .getByText(/2 failed$/)
    .waitFor()
  await page.keyboard.press('Shift+ArrowLeft')
  await page
    .getByRole('status')
    .getByText(/5 sent, 2 received, 2 failed$/)
    .waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  const first = inOrder(await total(`from=${params.get('from')}&to=${Number(params.get('from')) + HOUR}`))
  await until('the figures are of the first hour', async () => String(await figuresOf(page)) === String(first))
  await page.goBack()
  await until('Back shows the span before', async () => String(await figuresOf(page)) === String(expected))
  await page.getByRole('button', { name: 'Back to the last 6 hours' }).click()
  await page.waitForURL((url) => url.hash === '#/?period=6h')
  const all = inOrder(await total('hours=6'))
  assert.notDeepEqual(all, expected)
  await until('the figures are of six hours', async () => String(await figuresOf(page)) === String(all))

  // The same span, typed.
  const field = (at: number): string =>
    new Date(at * 1000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  await page.getByRole('button', { name: 'Other…' }).click()
  await page.getByLabel('From').fill(field(Number(params.get('to'))))
  await page.getByLabel('Until').fill(field(Number(params.get('from'))))
  await page.getByText('The end must be after the beginning.').waitFor()
  await page.getByLabel('From').fill(field(Number(params.get('from'))))
  await page.getByLabel('Until').fill(field(Number(params.get('to'))))
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await page.waitForURL(new RegExp(span))
  await until('the figures are of the typed span', async () => String(await figuresOf(page)) === String(expected))
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('the tooltip of the chart never covers its legend', async () => {
  const page = await browser.open(`${world.gateway.url}/#/?period=6h`)
  for (const size of [
    { width: 1280, height: 800 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(size)
    const brush = page.locator('.chart-brush')
    await brush.waitFor({ state: 'attached' })
    await brush.scrollIntoViewIfNeeded()
    const { x, y, width, height } = (await brush.boundingBox())!
    for (const [right, down] of [
      [0.02, 0.98],
      [0.5, 0.98],
      [0.98, 0.5],
      [0.7, 0.02],
    ] as const) {
      await page.mouse.move(x + width * right, y + height * down)
      const tip = page.locator('.recharts-tooltip-wrapper')
      await tip.getByText('Delivered, not read').waitFor()
      const [covers, legend] = [(await tip.boundingBox())!, (await page.locator('.chart-legend').boundingBox())!]
      assert.ok(covers.y + covers.height <= legend.y, `${size.width}: the tooltip ends above the legend`)
    }
  }
  await page.close()
})
