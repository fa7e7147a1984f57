import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }
let second: number

before(async () => {
  buildPages()
  world = await startWorld()
  const { number, token } = world.sandbox.addNumber({ verifiedName: 'Harbour Shop' })
  const { data } = await world.admin('POST', '/admin/channels', {
    name: 'Harbour',
    business_phone: number.number,
    phone_number_id: number.id,
    waba_id: number.wabaId,
    access_token: token,
    webhook_url: `${world.receiver.url}/harbour`,
  })
  second = (data as { channel_id: number }).channel_id
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

/** As when a user edits the address: the page stays, its hash changes. */
const go = async (place: string): Promise<void> => {
  await page.evaluate(`location.hash = '#${place}'`)
}

type Stored = { name: string; webhook_url: string | null; messages_per_second: number }
async function stored(id: number): Promise<Stored> {
  return (await world.admin('GET', `/admin/channels/${id}`)).data as unknown as Stored
}

test('a channel’s form, endpoint and secrets do not move to the channel of another address', async () => {
  await go('/channels/1')
  await page.getByRole('heading', { level: 1, name: 'Demo' }).waitFor()
  await page.getByRole('button', { name: 'Rotate the secret' }).click()
  await page.getByText('Endpoint secret: shown only once').waitFor()
  await page.getByRole('button', { name: 'Create a new code' }).click()
  await page.getByText('Certification code: shown only once').waitFor()
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('typed for the first')
  await page.getByLabel('New access token').fill('a token of the first')

  await go(`/channels/${second}`)
  await page.getByRole('heading', { level: 1, name: 'Harbour' }).waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'Harbour')
  assert.equal(await page.getByLabel('New access token').inputValue(), '')
  await page.getByRole('article').getByText(`${world.receiver.url}/harbour`).waitFor()
  assert.equal(await page.getByText('shown only once').count(), 0)

  const before = await stored(1)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Harbour Two')
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByText('Saved.').waitFor()
  assert.equal((await stored(second)).name, 'Harbour Two')
  assert.deepEqual(await stored(1), before)
  assert.deepEqual(page.wrongs, [])
})

test('a change by another user is shown, and a save of another field does not overwrite it', async () => {
  await go(`/channels/${second}`)
  await page.getByLabel('Rate limit, in messages per second').fill('40')
  const url = `${world.receiver.url}/moved-meanwhile`
  await world.admin('PATCH', `/admin/channels/${second}`, { name: 'Named by a colleague' })
  await world.admin('PUT', `/admin/channels/${second}/webhook`, { url })
  await page.getByRole('heading', { level: 1, name: 'Named by a colleague' }).waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'Named by a colleague')
  // Two changes; the page may be notified of one after the other.
  await page.getByRole('article').getByText(url).waitFor()
  await page.getByRole('button', { name: 'Save' }).first().click()
  await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' })
  const now = await stored(second)
  assert.deepEqual([now.name, now.messages_per_second, now.webhook_url], ['Named by a colleague', 40, url])
})

test('a dialog of a channel closes when the address names another channel', async () => {
  await go('/deliveries?channel=1')
  await page.getByRole('button', { name: 'Replay many' }).click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Channel' }).waitFor()
  await go(`/deliveries?channel=${second}`)
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Replay many' }).click()
  const chosen = page.getByRole('dialog').getByRole('combobox', { name: 'Channel' })
  assert.equal(await chosen.inputValue(), (await stored(second)).name)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Verify a signature' }).click()
  await page.getByLabel('Webhook secret', { exact: true }).fill('whsec_of_the_second')
  await go('/deliveries?channel=1')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Verify a signature' }).click()
  assert.equal(await page.getByLabel('Webhook secret', { exact: true }).inputValue(), '')

  await go('/templates?channel=1')
  await page.getByRole('button', { name: 'New template' }).click()
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).waitFor()
  await go(`/templates?channel=${second}`)
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('the list of contacts belongs to the channel in the address, also while it loads', async () => {
  const phone = world.sandbox.phone('16505550188')
  phone.is({ name: 'Only with the first' })
  await phone.says('to the first number')
  await world.sandbox.settled()
  await go('/conversations/1')
  const people = page.getByRole('navigation', { name: 'Contacts' })
  await people.getByText('Only with the first').waitFor()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route(`**/admin/conversations?channel_id=${second}*`, async (route) => {
    await held
    await route.continue()
  })
  await go(`/conversations/${second}`)
  await people.getByRole('status', { name: 'Loading' }).waitFor()
  assert.equal(await people.getByText('Only with the first').count(), 0)
  release()
  await people.getByText('No contacts yet').waitFor()
  assert.deepEqual(page.wrongs, [])
})
