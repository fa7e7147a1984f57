import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
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

const newest = async (): Promise<{ id: string; endpoint_id: string; reference: string }> => {
  const { data } = await world.admin('GET', '/admin/deliveries?count=1')
  return (data as unknown as { id: string; endpoint_id: string; reference: string }[])[0]!
}

test('a delivery shows its request, verifies its signature, and is code in five languages', async () => {
  const { endpoint_id } = await world.sandbox
    .phone(NUMBER)
    .says('Grüße')
    .then(() => world.receiver.gets({ event: 'new_message' }))
    .then(newest)
  const own = { headers: { 'x-shop-key': 'hidden-value' } }
  await world.admin('PATCH', `/admin/channels/1/endpoints/${endpoint_id}`, own)
  const page = await browser.open(`${world.gateway.url}/#/deliveries`)
  await page
    .getByRole('row', { name: /new_message/ })
    .getByRole('button', { name: 'More' })
    .click()
  const request = page.getByRole('region', { name: 'Request' })
  const { body } = await world.receiver.gets({ event: 'new_message' })
  const { id } = await newest()
  await request.getByText(id, { exact: true }).waitFor()
  await request.getByText(/^v1,/).waitFor()
  await request.getByText('x-shop-key').waitFor()
  await request.getByText('a secret, not shown').waitFor()
  await request.getByText(/^Made again for attempt 1/).waitFor()

  // Ids and numbers of the body lead to their pages.
  const json = page.locator('.json').last()
  assert.ok((await json.locator('.json-key').count()) > 5)
  assert.equal(
    await json.getByRole('link', { name: NUMBER }).first().getAttribute('href'),
    `#/messages?words=${NUMBER}`,
  )
  const wamid = (body.message as { messages: { id: string }[] }).messages[0]!.id
  assert.equal(
    await json.getByRole('link', { name: wamid }).first().getAttribute('href'),
    `#/messages/${encodeURIComponent(wamid)}`,
  )
  await shot(page, 'delivery')
  assert.deepEqual(await violationsOf(page), [])

  // The check is filled in, but for the secret, which leaves this browser in no request.
  const sent: string[] = []
  page.on('request', (one) => sent.push(`${one.url()} ${one.postData() ?? ''}`))
  await request.getByRole('button', { name: 'Verify this signature' }).click()
  const dialog = page.getByRole('dialog')
  assert.equal(await dialog.getByLabel('webhook-id').inputValue(), id)
  assert.match(await dialog.getByLabel('Raw body').inputValue(), /Grüße/)
  assert.equal(await dialog.getByLabel('Webhook secret', { exact: true }).inputValue(), '')
  await dialog.locator('input[type=password]:focus').waitFor()
  const secret = world.receiver.secret!
  await page.keyboard.type(secret)
  await dialog.getByRole('button', { name: 'Check', exact: true }).click()
  await dialog.getByText('The signature is valid.').waitFor()
  await dialog.getByLabel('Webhook secret', { exact: true }).fill(`whsec_${'A'.repeat(32)}`)
  await dialog.getByRole('button', { name: 'Check', exact: true }).click()
  await dialog.getByText('Signature does not match').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await page.keyboard.press('Escape')
  assert.ok(sent.every((one) => !one.includes(secret) && !one.includes(encodeURIComponent(secret))))

  await request.getByRole('button', { name: 'Copy as code' }).click()
  for (const [language, mark] of [
    ['curl', '--data-raw'],
    ['JavaScript', 'await fetch('],
    ['Python', 'urllib.request.Request('],
    ['PHP', 'stream_context_create'],
    ['Go', 'http.NewRequest('],
  ] as const) {
    await request.getByRole('tab', { name: language }).click()
    const code = await request.getByRole('tabpanel').locator('pre').innerText()
    assert.ok(code.includes(mark), language)
    assert.match(code, /x-shop-key/)
    assert.match(code, /YOUR_SECRET/)
    assert.doesNotMatch(code, /hidden-value/)
  }
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('a message is a call that sends it again, and a list is the call behind it', async () => {
  const contents = [
    { type: 'text', text: 'Your table is ready.' },
    { type: 'template', template: { name: 'test_button_reply_1' } },
  ]
  for (const content of contents) {
    const wamid = await world.send({ to: NUMBER, ...content })
    const page = await browser.open(`${world.gateway.url}/#/messages/${encodeURIComponent(wamid)}`)
    await page.getByRole('tab', { name: 'As a call' }).click()
    await page.getByRole('tab', { name: 'JavaScript' }).click()
    const code = await page.locator('pre[aria-label=JavaScript]').innerText()
    const body = JSON.parse(JSON.parse(/^ {2}body: (".*"),$/m.exec(code)![1]!) as string) as object
    const again = await world.customer('POST', '/external/messages/whatsapp', body)
    assert.equal(again.http, 200, JSON.stringify(again.error))
    // It is the same message.
    const { data } = await world.admin('GET', `/admin/messages/search?count=2&direction=outbound`)
    const [copy, first] = data as unknown as { content: object; contact: string }[]
    assert.deepEqual([copy!.content, copy!.contact], [first!.content, first!.contact])
    await page.close()
  }
  const page = await browser.open(`${world.gateway.url}/#/messages?status=received`)
  await page.getByRole('button', { name: 'Code', exact: true }).click()
  await page.getByRole('tab', { name: 'curl' }).click()
  const shown = await page.locator('pre[aria-label=curl]').innerText()
  const [, url] = /curl -sS '([^']+)'/.exec(shown)!
  assert.match(shown, /authorization: Bearer YOUR_API_KEY/)
  const answer = await world.admin('GET', url!.slice(world.gateway.url.length))
  assert.deepEqual(
    (answer.data as unknown as { status: string }[]).map(({ status }) => status),
    ['received'],
  )
  assert.deepEqual(await violationsOf(page), [])
  await page.close()
})

test('rows are selected, counted, and replayed once after the count was confirmed', async () => {
  const page = await browser.open(`${world.gateway.url}/#/deliveries?state=delivered`)
  const table = page.getByRole('region', { name: 'Deliveries' })
  const boxes = table.getByRole('checkbox', { name: /^Select evt_/ })
  await boxes.first().waitFor()
  await page.getByRole('button', { name: 'Pause the list' }).click()
  await boxes.nth(0).check()
  await boxes.nth(1).check()
  const bar = page.getByRole('region', { name: 'Selected rows' })
  await bar.getByText('2 selected').waitFor()
  const before = world.receiver.calls
  await bar.getByRole('button', { name: 'Replay selected…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('2 events would be sent again.').waitFor()
  await shot(page, 'selected')
  assert.deepEqual(await violationsOf(page), [])
  assert.equal(world.receiver.calls, before, 'nothing fired before')
  let fired = 0
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/replay')) fired++
  })
  await dialog.getByRole('button', { name: 'Replay 2 events' }).dblclick()
  await world.receiver.until(() => world.receiver.calls === before + 2, 'both again')
  await bar.waitFor({ state: 'detached' })
  assert.equal(fired, 2)
  const all = await boxes.count()
  await table.getByRole('checkbox', { name: 'Select all rows' }).check()
  await bar.getByText(`${all} selected`).waitFor()
  await bar.getByRole('button', { name: 'Clear the selection' }).click()
  await bar.waitFor({ state: 'detached' })
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('each endpoint shows its last hour, since when it fails, what waits, and is tried, paused and replayed', async () => {
  const bad = { name: 'Bot', url: `${world.receiver.url}/bot?token=hidden`, secret: world.receiver.secret }
  await world.admin('POST', '/admin/channels/1/endpoints', bad)
  const page = await browser.open('about:blank')
  const since = Math.floor(Date.now() / 1000) - 900
  await page.route(
    (url) => url.pathname === '/admin/incidents',
    async (route) => {
      const { data } = await world.admin('GET', '/admin/channels/1/endpoints')
      const { endpoint_id } = (data as unknown as { endpoint_id: string; name: string }[]).find(
        ({ name }) => name === 'Bot',
      )!
      const incident = { id: 'inc_1', kind: 'endpoint_failing', severity: 'warning', since, count: 1 }
      const more = { what: 'x', advice: 'y', links: [], channel_id: 1, endpoint_id }
      await route.fulfill({
        json: { status: 'success', code: 0, message: '', data: [{ ...incident, ...more }], error: {} },
      })
    },
  )
  await page.goto(`${world.gateway.url}/#/deliveries`)
  const bar = page.getByRole('article', { name: 'Bot' })
  await bar.getByText('Last hour: no attempts').waitFor()
  await bar.getByText(/^Failing since/).waitFor()
  assert.equal(await page.getByText('token=hidden').count(), 0)
  await world.sandbox.phone(NUMBER).says('for both')
  await bar.getByText(/^Last hour: 100 % of 1 succeeded/).waitFor()
  await bar.getByText(/^\d+ ms for half, \d+ ms for 95 %/).waitFor()
  // The figures are the API's, which are those of all nodes.
  const { data } = await world.admin('GET', '/admin/channels/1/endpoints')
  for (const { name, last_hour: hour } of data as unknown as {
    name: string
    last_hour: { attempts: number; success_rate: number }
  }[])
    await page
      .getByRole('article', { name })
      .getByText(`Last hour: ${Math.round(hour.success_rate * 1000) / 10} % of ${hour.attempts} succeeded`)
      .waitFor()
  await bar.getByRole('button', { name: 'Pause', exact: true }).click()
  await bar.getByText('paused', { exact: true }).waitFor()
  await world.sandbox.phone(NUMBER).says('while it is paused')
  await bar.getByRole('link', { name: /^1 waiting, the oldest since/ }).click()
  await page.waitForURL(/state=pending&channel=1&endpoint=ep_/)
  await page.getByRole('row', { name: /new_message/ }).waitFor()
  assert.equal(await page.getByRole('row').count(), 2)
  await page.getByRole('row').getByText('waits: the endpoint is paused').waitFor()
  await bar.getByRole('button', { name: 'Resume' }).click()
  await bar.getByText('active', { exact: true }).waitFor()
  assert.deepEqual(await violationsOf(page), [])

  // From the endpoint's card to the replay of its events.
  await page.goto(`${world.gateway.url}/#/channels/1`)
  const card = page.getByRole('article', { name: 'Bot' })
  await card.getByText('Failing since').waitFor()
  await card.getByRole('link', { name: 'Replay…' }).click()
  const dialog = page.getByRole('dialog')
  assert.equal(await dialog.getByRole('combobox', { name: 'Endpoint' }).inputValue(), 'Bot')
  assert.deepEqual(page.wrongs, [])
  await page.close()
})
