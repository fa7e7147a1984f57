import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(`${world.gateway.url}/#/channels/1`)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

type Endpoint = { endpoint_id: string; name: string; state: string; events: string[] | null; headers: string[] }
const stored = async (): Promise<Endpoint[]> =>
  (await world.admin('GET', '/admin/channels/1/endpoints')).data as unknown as Endpoint[]

const card = (name: string) => page.getByRole('article', { name })

async function until(what: string, fact: () => Promise<boolean>): Promise<void> {
  for (let i = 0; !(await fact()); i++) {
    assert.ok(i < 200, what)
    await page.waitForTimeout(100)
  }
}

test('endpoints are added, with filters and headers, and each shows its secret once', async () => {
  for (const [name, events] of [
    ['Bot', 'new_message'],
    ['Warehouse', ''],
  ] as const) {
    await page.getByRole('button', { name: 'Add endpoint' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByLabel('Webhook URL').fill(`${world.receiver.url}/${name.toLowerCase()}?token=hidden`)
    await dialog.getByLabel('Events').fill(events)
    await dialog.getByLabel('Headers').fill('X-Team: shop')
    await dialog.getByRole('button', { name: 'Add endpoint' }).click()
    await page.getByText('Endpoint secret: shown only once').waitFor()
    await page.getByText(/^whsec_/).waitFor()
    await page.getByRole('button', { name: 'Done, I saved it' }).click()
    await card(name).waitFor()
  }
  const [bot, warehouse] = await stored()
  assert.deepEqual([bot!.events, bot!.headers, warehouse!.events], [['new_message'], ['x-team'], null])
  await card('Bot').getByText('new_message').waitFor()
  await card('Warehouse').getByText('all events').waitFor()
  assert.equal(await page.getByText('token=hidden').count(), 0, 'what may be a secret in the URL is not shown')
  assert.equal(await page.getByText(/^whsec_/).count(), 0)
})

test('an endpoint shows how it does, and is tested, paused, resumed, changed and removed', async () => {
  await world.sandbox.phone('85268411234').says('hello')
  await world.receiver.until(() => world.receiver.received.length >= 2, 'an event at both endpoints')
  await card('Bot')
    .getByText(/100 % of \d+ succeeded/)
    .waitFor()
  await card('Bot')
    .getByText(/^200 · \d+ ms/)
    .waitFor()

  await card('Bot').getByRole('button', { name: 'Send a test event' }).click()
  await page
    .getByText(/accepted the test event: status 200/)
    .first()
    .waitFor()
  await card('Bot').getByRole('button', { name: 'Pause', exact: true }).click()
  await card('Bot').getByText('paused', { exact: true }).waitFor()
  assert.deepEqual(
    (await stored()).map(({ state }) => state),
    ['paused', 'active'],
    'the other one goes on',
  )
  await world.sandbox.phone('85268411234').says('while it is paused')
  await card('Bot')
    .getByText(/^1, the oldest since/)
    .waitFor()
  await card('Bot').getByRole('button', { name: 'Resume' }).click()
  await until('it is active again', async () => (await stored())[0]!.state === 'active')

  await card('Warehouse').getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Data warehouse')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await card('Data warehouse').waitFor()
  assert.deepEqual((await stored())[1]!.headers, ['x-team'], 'what was not touched stays')
  await card('Data warehouse').getByRole('button', { name: 'Edit' }).click()
  const edit = page.getByRole('dialog')
  await edit.getByLabel('New headers').fill('x-shift: night')
  await edit.getByRole('combobox', { name: 'Headers that it has' }).press('Backspace')
  assert.deepEqual(await violationsOf(page), [])
  await edit.getByRole('button', { name: 'Save' }).click()
  await edit.waitFor({ state: 'detached' })
  assert.deepEqual((await stored())[1]!.headers, ['x-shift'])

  await card('Data warehouse').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove endpoint' }).click()
  await card('Data warehouse').waitFor({ state: 'detached' })
  assert.deepEqual(
    (await stored()).map(({ name }) => name),
    ['Bot'],
  )
  assert.deepEqual(page.wrongs, [])
})

test('a refused endpoint says at the field what is wrong', async () => {
  await page.getByRole('button', { name: 'Add endpoint' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Wrong')
  await dialog.getByLabel('Webhook URL').fill('ftp://files.example/')
  await page.keyboard.press('Enter')
  await dialog.getByRole('alert').waitFor()
  await dialog
    .getByText(/must be a URL that begins with/)
    .first()
    .waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(await violationsOf(page), [])
})

test('an event and all that follow are delivered again to the endpoint that is chosen', async () => {
  await world.admin('POST', '/admin/channels/1/endpoints', { name: 'Second', url: `${world.receiver.url}/second` })
  await world.sandbox.phone('85268411234').says('to be replayed')
  const replayed = (): number => world.receiver.received.filter(({ body }) => body.event === 'new_message').length
  await world.receiver.until(() => replayed() >= 4, 'the event at both endpoints')
  const before = replayed()
  await page.goto(`${world.gateway.url}/#/deliveries?channel=1`)
  await page.getByRole('button', { name: 'More' }).first().click()
  await page.getByRole('button', { name: 'Replay from here' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Endpoint' }).click()
  await page.getByRole('option', { name: 'Second' }).click()
  await dialog.getByRole('button', { name: 'Replay', exact: true }).click()
  await page.getByText(/Replaying 1 event/).waitFor()
  await world.receiver.until(() => replayed() > before, 'the event again')
  assert.deepEqual(page.wrongs, [])
})

test('the list shows the deliveries of one endpoint, and its card leads there', async () => {
  const second = (await stored()).find(({ name }) => name === 'Second')!
  await page.goto(`${world.gateway.url}/#/deliveries?channel=1`)
  await page.getByRole('cell', { name: 'Bot' }).first().waitFor()
  await page.getByRole('combobox', { name: 'Endpoint' }).click()
  await page.getByRole('option', { name: 'Second' }).click()
  await page.waitForURL(new RegExp(`endpoint=${second.endpoint_id}`))
  await page.getByRole('cell', { name: 'Bot' }).first().waitFor({ state: 'detached' })
  assert.ok((await page.getByRole('cell', { name: 'Second' }).count()) > 0)
  const before = world.receiver.calls
  await page.getByRole('button', { name: 'Replay', exact: true }).first().click()
  await world.receiver.until(() => world.receiver.calls > before, 'the event again')
  assert.deepEqual(await violationsOf(page), [])
  await page.goto(`${world.gateway.url}/#/channels/1`)
  await card('Second').getByRole('link', { name: 'Deliveries' }).click()
  assert.match(page.url(), new RegExp(`endpoint=${second.endpoint_id}`))
  await page.getByRole('cell', { name: 'Second' }).first().waitFor()
  assert.deepEqual(page.wrongs, [])
})
